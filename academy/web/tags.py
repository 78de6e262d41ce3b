"""The template tags of the page kit, loaded as `web`."""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from academy.core import texts as core_texts
from academy.web import dates, names
from academy.web.icons import ICONS
from academy.web.reasons import reason
from academy.web.states import look

register = template.Library()

_TONE_ICONS = {"info": "info", "success": "success", "warning": "warning", "danger": "danger"}
_TONE_WORDS = {
    "info": _("Information:"),
    "success": _("Done:"),
    "warning": _("Please note:"),
    "danger": _("Problem:"),
}
_MESSAGE_TONES = {"debug": "info", "error": "danger"}


@register.simple_tag(name="texts")
def texts_tag(value: core_texts.Texts | None) -> str:
    """A translated text; when it falls back to another language, that language is marked."""
    return picked_tag(core_texts.pick(value, _language()))


@register.simple_tag(name="picked")
def picked_tag(value: core_texts.Picked) -> str:
    """A text that a query picked for the reader, its language marked when it is another one."""
    if not value.text or value.language == _language():
        return value.text
    return format_html('<span lang="{}">{}</span>', value.language, value.text)


@register.filter(name="text")
def text_filter(value: core_texts.Texts | None) -> str:
    """A translated text without markup: for attributes, page titles and options."""
    return core_texts.pick(value, _language()).text


@register.simple_tag
def when(
    value: date | datetime | None,
    tz: str | tzinfo | None = None,
    style: dates.Style = "long",
    zone: bool = True,
) -> str:
    """A date, or a moment on the clock of `tz`, as `<time>`; nothing for None."""
    if value is None:
        return ""
    if not isinstance(value, datetime):
        return _time(value.isoformat(), dates.day(value, style))
    moment = dates.local(value, _zone(tz))
    shown = f"{dates.day(moment, style)}, {dates.clock(moment)}"
    return _time(_iso(moment), f"{shown}\u00a0{dates.offset(moment)}" if zone else shown)


@register.simple_tag
def date_range(
    start: date | datetime | None,
    end: date | datetime | None = None,
    tz: str | tzinfo | None = None,
    style: dates.Style = "long",
) -> str:
    """From when to when: hours if both are on one day, otherwise only days."""
    if start is None or end is None:
        return when(start, tz, style)
    if isinstance(start, datetime) and isinstance(end, datetime):
        first, last = dates.local(start, _zone(tz)), dates.local(end, _zone(tz))
        if first.date() == last.date():
            return _hours(first, last, style)
        start, end = first.date(), last.date()
    return format_html('<span class="when">{}</span>', dates.days(start, end))


@register.simple_tag
def number(value: float | Decimal | None) -> str:
    """A number in the separators of the page's language; nothing for None."""
    return "" if value is None else dates.number(value)


@register.inclusion_tag("web/_state.html")
def state_tag(kind: str, state: str) -> dict[str, Any]:
    """The state of a run, enrolment, course, outcome, certificate, message or job."""
    return look(kind, str(state))._asdict()


@register.filter
def why(code: str) -> str:
    """Why a message was not sent, in words."""
    return str(reason(code))


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decoration beside words: screen readers pass over it."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        '<path d="{}"/></svg>',
        ICONS[name],
    )


@register.simple_block_tag(end_name="endnotice")
def notice(content: str, tone: str = "info", title: str = "") -> SafeString:
    """A notice around marked-up content; `_notice.html` does the same for plain text."""
    return render_to_string(
        "web/_notice.html",
        {"tone": tone, "title": title, "text": mark_safe(content)},  # noqa: S308
    )


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """The service's languages, each by its own name (Django's tag would translate the names)."""
    return [(code, str(name)) for code, name in settings.LANGUAGES]


@register.filter
def tone_icon(tone: str) -> str:
    """The icon that says the same as the tone's colour."""
    return _TONE_ICONS.get(tone, "info")


@register.filter
def tone_word(tone: str) -> str:
    """The word that says the same as the tone's colour, for those who hear the page."""
    return str(_TONE_WORDS.get(tone, _TONE_WORDS["info"]))


@register.filter
def message_tone(level_tag: str) -> str:
    """The tone of one of Django's messages."""
    return _MESSAGE_TONES.get(level_tag, level_tag)


@register.simple_tag
def control(field: BoundField, hint: str = "") -> SafeString:
    """A form control tied to its hint and error, without the placeholder that libraries put in."""
    described = [f"{field.auto_id}_helptext"] if hint or field.help_text else []
    described += [f"{field.auto_id}_error"] if field.errors else []
    attrs: dict[str, Any] = {"placeholder": False}
    if described and not field.use_fieldset:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)


@register.filter
def language_name(code: str) -> str:
    """A language by its name in the language of the page."""
    return names.language(code) if code else ""


@register.filter
def first_control(field: BoundField) -> str:
    """The id that an error summary jumps to: of a group, its first choice."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def beside(row: Sequence[object], columns: Sequence[object]) -> list[tuple[object, object]]:
    """The cells of a row, each with its column."""
    return list(zip(columns, row, strict=True))


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether the label stands behind the control instead of above it."""
    return getattr(field.field.widget, "input_type", "") == "checkbox" and not field.use_fieldset


def _language() -> str:
    return translation.get_language() or "en"


def _zone(tz: str | tzinfo | None) -> tzinfo | None:
    """A zone by its name, as rows keep it; an empty name means the current zone."""
    if isinstance(tz, str):
        return ZoneInfo(tz) if tz else None
    return tz


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _time(machine: str, shown: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', machine, shown)


def _hours(first: datetime, last: datetime, style: dates.Style) -> SafeString:
    """Two moments of one day, the zone written once; a narrow line breaks before the hours."""
    return format_html(
        '<span class="when">{}, <span class="nowrap">{}\u2013{}\u00a0{}</span></span>',
        dates.day(first, style),
        _time(_iso(first), dates.clock(first)),
        _time(_iso(last), dates.clock(last)),
        dates.offset(last),
    )
