"""The addresses of the service."""

from django.contrib import admin
from django.urls import include, path, re_path

from academy.rest.docs import unknown_address

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("academy.rest.urls")),
    path("api/v1/", include("enrollment.api.urls")),  # first, as what is asked most
    path("api/v1/", include("courses.api.urls")),
    path("api/v1/", include("academy.api.urls")),
    path("", include("academy.api.scim.urls")),
    re_path(r"^api/(?P<rest>[\s\S]*)$", unknown_address, name="unknown_address"),
    path("", include("academy.pages.entrance_urls")),
    path("", include("academy.pages.urls")),
    path("", include("courses.pages.urls")),
    path("", include("enrollment.pages.urls")),
]
