"""Addresses of SCIM, under /scim/v2/."""

from django.urls import path

from academy.api.scim.view import scim

app_name = "scim"
urlpatterns = [path("scim/v2/<path:path>", scim, name="scim")]
