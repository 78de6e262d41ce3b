"""Fields that several endpoints share."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

TEXTS = {
    "type": "object",
    "additionalProperties": {"type": "string"},
    "description": "A text by language code.",
    "example": {"kk": "Қазақша", "ru": "По-русски", "en": "In English"},
}


@extend_schema_field(TEXTS)
class TextsOut(serializers.Field[Any, Any, Any, Any]):
    """A text of the institution in its languages."""
