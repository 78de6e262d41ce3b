from django.contrib import admin
from oauth2_provider.models import get_access_token_model

from tests.api.calls import system


def test_the_database_holds_no_readable_token(cast):
    hr = system("courts:read")
    token = hr.headers["Authorization"].removeprefix("Bearer ")

    stored = get_access_token_model().objects.values().get()

    assert token not in str(stored)
    assert hr.get("/courts").status_code == 200


def test_nobody_looks_at_tokens_in_the_admin():
    assert not [
        model
        for model in admin.site._registry
        if model._meta.app_label == "oauth2_provider" or "token" in model._meta.model_name
    ]
