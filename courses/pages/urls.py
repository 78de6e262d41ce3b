"""Addresses of the catalogue."""

from django.urls import path

from courses.pages import catalogue, course

app_name = "courses"
urlpatterns = [
    path("courses/", catalogue.catalogue, name="catalogue"),
    path("courses/<str:code>/", course.course, name="course"),
]
