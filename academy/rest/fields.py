"""Fields that several endpoints share."""

from typing import Any

from django.core.validators import URLValidator
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


class Link(serializers.CharField):
    """The address of an online meeting, or nothing: so not `uri` by its format."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, default="", allow_blank=True, max_length=500, **options)

    def run_validators(self, value: Any) -> None:
        """Refuses what no browser could open."""
        URLValidator()(value)
        super().run_validators(value)
