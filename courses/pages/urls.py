"""Addresses of the catalogue."""

from django.urls import path

from courses.pages import calendar, catalogue, course, interest, schema_org

app_name = "courses"
urlpatterns = [
    path("courses/", catalogue.catalogue, name="catalogue"),
    path("courses/calendar.ics", calendar.calendar, name="calendar"),
    path("courses.jsonld", schema_org.feed, name="feed"),
    path("courses/<str:code>/", course.course, name="course"),
    path("courses/<str:code>/tell-me/", interest.tell_me, name="tell-me"),
    path("courses/<str:code>/tell-me/undo/", interest.never_mind, name="tell-me-undo"),
]
