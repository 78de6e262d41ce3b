"""The schema and its human face, both from this host."""

from functools import cache
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

from academy.core.errors import Missing
from academy.rest import codes, document as document_kit
from academy.rest.problems import plain_response

YAML, JSON = "application/vnd.oai.openapi", "application/vnd.oai.openapi+json"


def build_schema() -> dict[str, Any]:
    """The OpenAPI document, in English whatever language is spoken at the moment."""
    with translation.override("en"):
        generator: Any = SchemaGenerator  # untyped, like the renderer below
        document: dict[str, Any] = generator().get_schema(request=None, public=True)
    return document_kit.completed(document)


def as_yaml(document: dict[str, Any]) -> bytes:
    """The document as it is committed."""
    renderer: Any = OpenApiYamlRenderer()
    return bytes(renderer.render(document, renderer_context={}))


@cache
def _schema_bytes(as_json: bool) -> bytes:
    document = build_schema()
    return orjson.dumps(document) if as_json else as_yaml(document)


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The schema, as YAML or (with `?format=json` or Accept) as JSON; built once per process."""
    as_json = request.GET.get("format") == "json" or "json" in request.headers.get("Accept", "")
    response = HttpResponse(_schema_bytes(as_json), content_type=JSON if as_json else YAML)
    response["Cache-Control"] = "no-cache"
    return response


class Docs(SpectacularSwaggerSplitView):
    """Swagger UI from the service's own static files, without inline scripts."""

    url = "/api/v1/schema/"
    authentication_classes = ()
    permission_classes = (AllowAny,)


@require_safe
def problem_list(request: HttpRequest) -> HttpResponse:
    """Every code that a problem document may carry."""
    return _json({"items": [codes.as_json(entry) for entry in codes.all_codes().values()]})


@require_safe
def problem_page(request: HttpRequest, code: str) -> HttpResponse:
    """What one code means."""
    entry = codes.all_codes().get(code)
    return _json(codes.as_json(entry)) if entry else unknown_address(request)


def _json(data: object) -> HttpResponse:
    return HttpResponse(orjson.dumps(data), content_type="application/json")


@csrf_exempt
def unknown_address(request: HttpRequest, rest: str = "") -> HttpResponse:
    """A problem document where no endpoint is."""
    missing = Missing("not_found", "There is no such address.")
    return plain_response(missing.status, missing.code, missing.sentence)
