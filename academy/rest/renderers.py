"""JSON in and out, by orjson, within strict limits."""

from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

import orjson
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

LARGEST_BODY = 1_000_000  # bytes
OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def to_json(data: object) -> bytes:
    """Bytes of JSON: moments in UTC with a Z, ids as text, decimals as numbers."""
    return orjson.dumps(data, default=_other, option=OPTIONS)


def _other(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)  # a translated sentence


class JSONRenderer(BaseRenderer):
    """Renders plain dicts and lists; bytes are JSON already and pass as they are."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        return data if isinstance(data, bytes) else to_json(data)


class TooLarge(APIException):
    """More than anybody needs to say at once."""

    status_code = 413
    default_code = "body_too_large"
    default_detail = _("The body is too large.")


class JSONParser(BaseParser):
    """Reads one JSON document of at most a million bytes."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            raise TooLarge
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(f"This is not JSON: {error}", code="malformed_json") from error
