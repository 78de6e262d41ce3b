"""Put a message into words: the reader's language, the run's time zone, text and HTML alike.

A kind's words are one plain-text template: subject, paragraphs, and the label of the one link, each
parted by an empty line, the label behind an arrow. The shared pair `messages/mail.txt` and
`messages/mail.html` puts the same paragraphs on paper, so that both bodies always say the same.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from babel import Locale
from babel.dates import format_date, format_time
from django.conf import settings
from django.template import Template
from django.template.context import make_context
from django.template.loader import get_template
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import ngettext

from academy.core import texts
from academy.messages.registry import Holds, Kind, OwnWords

ARROW = "→ "
PARTING = re.compile(r"\n\s*\n")
IN_BRACES = re.compile(r"\{(\w+)\}")


NAME = "\ue000"  # stands for the reader's name: a letter that no text contains
STOP = "\ue001"  # and for the link by which this reader stops such mails


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is said about one thing, and the one link that goes with it."""

    title: str
    paragraphs: Sequence[str]
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Words:
    """A message in words: what the row keeps and what a mail is made of."""

    language: str
    title: str
    text: str
    html: str
    kept: str  # the text as the row keeps it: without a link that nobody else may have
    sheets: Sequence[Sheet] = ()

    def to(self, name: str, stop: str = "") -> "Words":
        """The same words, addressed to somebody, who may stop such mails by that link."""
        profile = f"{settings.PUBLIC_URL}/profile/"
        return replace(
            self,
            text=self.text.replace(NAME, name).replace(STOP, stop),
            html=self.html.replace(NAME, escape(name)).replace(STOP, escape(stop)),
            kept=self.kept.replace(NAME, name).replace(STOP, profile),
        )


class Writer:
    """Puts messages into words, and says the same thing once for all who are told it.

    Everybody on a run is told the same but for the greeting, so a batch has few different texts:
    the name is filled in last.
    """

    def __init__(self) -> None:
        self.said: dict[tuple[str, str, str, bytes], Words] = {}

    def words(self, kind: Kind, holds: Holds, *, name: str, language: str, stop: str = "") -> Words:
        """The message in this language. `name` is how the reader is greeted."""
        facts = orjson.dumps((holds.facts, holds.own), default=str)
        key = (holds.template or kind.template, language, f"{holds.path} {holds.time_zone}", facts)
        if key not in self.said:
            self.said[key] = _render(kind, holds, language)
        return self.said[key].to(name, stop)

    def digest(self, parts: Sequence[Words], *, name: str, stop: str = "") -> Words:
        """Several messages to one reader as one mail, in the language of the first."""
        language = parts[0].language
        sheets = [sheet for part in parts for sheet in part.sheets]
        with translation.override(language):
            title = ngettext(
                "%(count)s reminder from judicial training",
                "%(count)s reminders from judicial training",
                len(sheets),
            ) % {"count": len(sheets)}
            return _on_paper(title, sheets, language, stoppable=bool(stop)).to(name, stop)


def _render(kind: Kind, holds: Holds, language: str) -> Words:
    with translation.override(language):
        facts = {key: _local(value, holds.time_zone) for key, value in holds.facts.items()}
        said = _fill(f"messages/{holds.template or kind.template}.txt", facts, escaped=False)
        title, *paragraphs = [" ".join(part.split()) for part in PARTING.split(said.strip())]
        label = paragraphs.pop().removeprefix(ARROW) if paragraphs[-1].startswith(ARROW) else ""
        if holds.own:
            title, paragraphs = _in_own_words(holds.own, language, facts, title, paragraphs)
        url = f"{settings.PUBLIC_URL}{holds.path}"
        sheet = Sheet(title, [each for each in paragraphs if each], label, url)
        words = _on_paper(title, [sheet], language, stoppable=not kind.duty)
    if holds.shown_path:
        return replace(words, kept=words.kept.replace(url, settings.PUBLIC_URL + holds.shown_path))
    return replace(words, kept=words.kept.replace(url, "…")) if kind.has_secret_link else words


def _on_paper(title: str, sheets: Sequence[Sheet], language: str, *, stoppable: bool) -> Words:
    paper = {
        "title": title,
        "preheader": _preheader(sheets),
        "name": NAME,
        "sheets": sheets,
        "service": settings.SERVICE_NAME,
        "service_url": settings.PUBLIC_URL,
        "language": language,
        "stop": STOP if stoppable else "",
    }
    text = _fill("messages/mail.txt", paper, escaped=False).strip() + "\n"
    html = _fill("messages/mail.html", paper, escaped=True)
    return Words(language, title[:300], text, html, kept=text, sheets=sheets)


def _preheader(sheets: Sequence[Sheet]) -> str:
    """What a list of mails shows beside the subject: the first words, or what is in the digest."""
    if len(sheets) > 1:
        return " · ".join(sheet.title for sheet in sheets)
    return next(iter(sheets[0].paragraphs), "") if sheets else ""


def _in_own_words(
    own: OwnWords, language: str, facts: Mapping[str, Any], title: str, paragraphs: list[str]
) -> tuple[str, list[str]]:
    """What staff wrote in this language, where they wrote something; else as it was."""

    def said(text: str) -> str:
        return IN_BRACES.sub(lambda found: str(facts.get(found[1], "")), text).strip()

    if own.titles.get(language):
        title = " ".join(said(own.titles[language]).split())
    if own.texts.get(language):
        paragraphs = [" ".join(part.split()) for part in PARTING.split(said(own.texts[language]))]
    return title, paragraphs


def _fill(name: str, values: Mapping[str, Any], *, escaped: bool) -> str:
    template: Template = get_template(name).template  # type: ignore[attr-defined]
    return str(template.render(make_context(dict(values), autoescape=escaped)))


def _local(value: object, time_zone: str) -> object:
    if isinstance(value, datetime):
        return moment_in_words(value, time_zone, translation.get_language() or "en")
    if isinstance(value, Mapping):
        return texts.pick(value, translation.get_language() or "en").text
    return value


@lru_cache(maxsize=4096)
def moment_in_words(value: datetime, time_zone: str, language: str) -> str:
    """Day, hour and the distance from UTC: a reader in another zone must not have to guess."""
    local = value.astimezone(ZoneInfo(time_zone))
    locale = Locale.parse("en-GB" if language == "en" else language, sep="-")
    # CLDR's narrow spaces are missing from older system fonts; a no-break space reads alike.
    day = format_date(local, "full", locale=locale).replace("\u202f", "\u00a0")
    hour = format_time(local, "HH:mm", locale=locale)
    return f"{day}, {hour} ({_offset(local)})"


def _offset(local: datetime) -> str:
    shift = local.utcoffset()
    minutes = int(shift.total_seconds() // 60) if shift else 0
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return "UTC" + (f"{sign}{hours}" if minutes else "") + (f":{rest:02}" if rest else "")
