"""A text in every language as one field of a form: an input a language, named by the language."""

from typing import Any

from django import forms

from academy.core import texts


class TextsWidget(forms.MultiWidget):
    """One line for each of the institution's languages."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        lines: dict[str, forms.Widget | type[forms.Widget]] = {
            code: forms.TextInput(
                {"lang": code, "aria-label": code, "placeholder": code, "class": "vTextField"}
            )
            for code in texts.languages()
        }
        super().__init__(lines, attrs)

    def decompress(self, value: object) -> list[str]:
        """The text of each language."""
        told = value if isinstance(value, dict) else {}
        return [told.get(code, "") for code in texts.languages()]


class TextsFormField(forms.MultiValueField):
    """Words by language; languages without words are left out, the first one is asked for."""

    widget = TextsWidget

    def __init__(self, **kwargs: Any) -> None:
        for name in ("encoder", "decoder", "show_hidden_initial"):
            kwargs.pop(name, None)
        fields = [
            forms.CharField(required=bool(kwargs.get("required", True)) and place == 0)
            for place, _code in enumerate(texts.languages())
        ]
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, str]:
        """The map from language to words."""
        return {
            code: text for code, text in zip(texts.languages(), data_list, strict=False) if text
        }
