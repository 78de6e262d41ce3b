"""Addresses of the catalogue's endpoints, under /api/v1/."""

from academy.rest.routes import route
from courses.api import catalogue, runs

app_name = "courses_api"
urlpatterns = [
    *route("courses", catalogue.Courses, "courses"),
    *route("courses/<str:code>", catalogue.OneCourse, "course"),
    *route("runs", runs.Runs, "runs"),
    *route("runs/<uuid:run>", runs.OneRun, "run"),
    *route("runs/<uuid:run>/sessions", runs.Sessions, "sessions"),
]
