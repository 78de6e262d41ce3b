"""Addresses of the kit itself: tokens, the schema and its human face, health."""

from django.urls import path
from oauth2_provider.views import TokenView

from academy.rest import docs, health

app_name = "rest"
urlpatterns = [
    path("oauth/token/", TokenView.as_view(), name="token"),
    path("api/v1/schema/", docs.schema, name="schema"),
    path("api/docs/", docs.Docs.as_view(), name="docs"),
    path("api/docs/problems/", docs.problem_list, name="problems"),
    path("api/docs/problems/<slug:code>", docs.problem_page, name="problem"),
    path("api/docs/problems/<slug:code>/", docs.problem_page, name="problem-slash"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
