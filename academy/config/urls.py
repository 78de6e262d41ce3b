"""The addresses of the service."""

from django.contrib import admin
from django.urls import path
from oauth2_provider.models import AccessToken, Grant, IDToken, RefreshToken

for model in (AccessToken, Grant, IDToken, RefreshToken):
    admin.site.unregister(model)  # tokens are not for looking at

urlpatterns = [
    path("admin/", admin.site.urls),
]
