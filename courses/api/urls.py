"""Addresses of the catalogue's endpoints, under /api/v1/."""

from academy.rest.routes import route
from courses.api import catalogue, proposals, runs, steps

app_name = "courses_api"
urlpatterns = [
    *route("courses", catalogue.Courses, "courses"),
    *route("courses/<str:code>", catalogue.OneCourse, "course"),
    *route("courses/<str:code>/submit", steps.Submit, "course-submit"),
    *route("courses/<str:code>/publish", steps.Publish, "course-publish"),
    *route("courses/<str:code>/archive", steps.Archive, "course-archive"),
    *route("proposals", proposals.Proposals, "proposals"),
    *route("proposals/<uuid:proposal>", proposals.OneProposal, "proposal"),
    *route("proposals/<uuid:proposal>/comments", proposals.Comments, "proposal-comment"),
    *route("review-steps/<uuid:step>/decide", proposals.Decide, "review-decide"),
    *route("runs", runs.Runs, "runs"),
    *route("runs/<uuid:run>", runs.OneRun, "run"),
    *route("runs/<uuid:run>/sessions", runs.Sessions, "sessions"),
]
