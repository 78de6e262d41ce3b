"""Texts that the institution writes in several languages: names, titles, summaries.

Stored as one JSON map from language code to text. Which languages exist is a setting, never code.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import translation
from django.utils.functional import lazy

Texts = Mapping[str, str]


class Picked(NamedTuple):
    """A text and the language that it is really in, which may differ from the one asked for."""

    text: str
    language: str


def languages() -> tuple[str, ...]:
    """The service's languages, in the order in which a missing text falls back."""
    return tuple(code for code, _name in settings.LANGUAGES)


def required() -> tuple[str, ...]:
    """The languages in which the institution publishes nothing before it is written in them."""
    return tuple(code for code in languages() if code in settings.REQUIRED_LANGUAGES)


def pick(texts: Texts | None, language: str) -> Picked:
    """The text in this language, or in the first language that has it; empty when none has."""
    texts = texts or {}
    for code in (language, *languages(), *texts):
        if texts.get(code):
            return Picked(texts[code], code)
    return Picked("", language)


def missing(texts: Texts | None, required: tuple[str, ...] | None = None) -> list[str]:
    """The languages in which a text is still owed (the parity gate reads it)."""
    texts = texts or {}
    return [code for code in (required or languages()) if not texts.get(code, "").strip()]


def _filled(sentence: object, values: Mapping[str, object]) -> str:
    return str(sentence) % values


worded = lazy(_filled, str)
"""A sentence and its values, put together only in the reader's language, whoever that will be."""


def in_each(sentence: object) -> dict[str, str]:
    """What a sentence says in every language of the service, to be kept for readers to come."""
    said = {}
    for code in languages():
        with translation.override(code):
            said[code] = str(sentence)
    return said


def check_texts(value: object) -> None:
    """Refuse anything but a map of known languages to text."""
    if not isinstance(value, dict) or not all(
        isinstance(code, str) and isinstance(text, str) for code, text in value.items()
    ):
        raise ValidationError("A text is a map from language code to words.", code="texts_shape")
    if unknown := set(value) - set(languages()):
        raise ValidationError(
            "Unknown language: %(codes)s.",
            code="texts_language",
            params={"codes": ", ".join(sorted(unknown))},
        )


class TextsField(models.JSONField):
    """A column of texts by language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)
        self.validators = [*self.validators, check_texts]
