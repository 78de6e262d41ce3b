"""What somebody who searches means: words, phrases, foreign keyboards, cursors. Pure."""

import base64
import binascii
import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

import orjson
from django.utils.translation import gettext_lazy as _

from academy.core.errors import Invalid
from academy.core.texts import Texts

# Letters of Kazakh, and their Latin look-alikes inside Cyrillic words, as people type them without
# a Kazakh keyboard layout. The SQL function academy_fold does the same; a test compares the two.
FOLDS = str.maketrans("әғқңөұүһіёhiə", "агкноуухиехиа")
CYRILLIC = re.compile("[а-яёәғқңөұүһі]")

# What the same keys write on a Latin and on a Cyrillic (Kazakh) keyboard.
LATIN_KEYS = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.234589-=0"
CYRILLIC_KEYS = "ёйцукенгшщзхъфывапролджэячсмитьбюәіңғүұөһқ"
TO_CYRILLIC = str.maketrans(LATIN_KEYS, CYRILLIC_KEYS)
TO_LATIN = str.maketrans(CYRILLIC_KEYS, LATIN_KEYS)

MAX_WORDS = 8
MAX_TEXT = 200
CAP = 1_000
"""Nobody pages through more hits than this; what lies beyond is counted as "more than"."""

FREQUENT = 1_000
"""A word in more courses than this has a ranked list of its own."""

TOO_FREQUENT = 20_000
"""Several words are looked up by the vectors' index unless even the rarest is in more courses."""

STEMMERS = {
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "hy": "armenian",
    "it": "italian",
    "lt": "lithuanian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "tr": "turkish",
}
"""PostgreSQL's own stemmers. Other languages are searched by folded words and their beginnings."""


class Sort(StrEnum):
    """The order of a list."""

    RELEVANCE = "relevance"
    TITLE = "title"
    NEXT_RUN = "next_run"
    NEED = "need"


MOST_OWED = 9
"""Duties that a list is ordered by: one digit of a row's place; the digit after them is "none"."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A duty by which a course is needed. Without courses and topics, every course counts."""

    names: Texts
    courses: tuple[int, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mine:
    """One person's side of "for me": the audiences of the post, whose seats, what is owed."""

    audiences: tuple[str, ...] = ()
    courts: tuple[int, ...] = ()
    regions: tuple[int, ...] = ()
    categories: tuple[str, ...] = ()
    owed: tuple[Owed, ...] = ()

    @property
    def listed(self) -> list[int]:
        """Courses that are owed by name, whoever their audience is."""
        return sorted({course for one in self.owed for course in one.courses})


@dataclass(frozen=True, slots=True)
class Need:
    """Why a course stands where it does in such a list."""

    counts_towards: Texts | None = None
    seats: str = ""  # "court": kept for the own court; "usable": others; empty: none now


def need_at(mine: Mine, place: str) -> Need:
    """What the first two digits of a row's place say."""
    duty, seats = int(place[0]), int(place[1])
    return Need(
        mine.owed[duty].names if duty < len(mine.owed) else None,
        ("court", "usable", "")[seats],
    )


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One question to the catalogue; an empty tuple puts no condition."""

    text: str = ""
    topics: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    open_only: bool = False
    sort: Sort = Sort.RELEVANCE
    cursor: str = ""
    limit: int = 20
    ui_language: str = ""
    mine: Mine | None = None  # only what is for this person

    @property
    def order(self) -> Sort:
        """The order that is really used: without words nothing is more relevant than another."""
        if self.sort == Sort.NEED and self.mine is None:
            return Sort.RELEVANCE if parse(self.text) else Sort.TITLE
        if self.sort == Sort.RELEVANCE and not parse(self.text):
            return Sort.TITLE
        return self.sort


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was typed: words in lower case, and phrases that stood in quotation marks."""

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.phrases)

    @property
    def text(self) -> str:
        """The words and phrases as somebody would type them."""
        return " ".join((*self.words, *(f'"{phrase}"' for phrase in self.phrases)))

    def with_words(self, words: tuple[str, ...]) -> "Parsed":
        """The same phrases with other words."""
        return replace(self, words=words)


@dataclass(frozen=True, slots=True)
class WordFacts:
    """What the catalogue knows about one typed word."""

    word: str
    courses: int  # at least so many have it, or a word that it begins
    lexemes: tuple[str, ...] = ()  # the frequent ones among those that it stands for
    suggestion: str = ""  # the most similar word of the catalogue, when it has none


@dataclass(frozen=True, slots=True)
class Source:
    """Where the hits are looked for: the vectors' index, or the ranked lists of these words."""

    listed_words: tuple[str, ...] = field(default=())


def fold(text: str) -> str:
    """The text in lower case, Kazakh letters written as the Russian ones that stand for them."""
    lowered = text.lower()
    return lowered.translate(FOLDS) if CYRILLIC.search(lowered) else lowered


def parse(text: str) -> Parsed:
    """Words and "phrases" of what was typed; everything else separates them."""
    text = text[:MAX_TEXT].lower().replace("«", '"').replace("»", '"').replace("_", " ")
    phrases: list[str] = []
    words: list[str] = []
    for number, part in enumerate(text.split('"')):
        found = re.findall(r"\w+", part)
        if number % 2 and len(found) > 1:
            phrases.append(" ".join(found[:MAX_WORDS]))
        else:
            words += found
    return Parsed(tuple(dict.fromkeys(words))[:MAX_WORDS], tuple(phrases[:3]))


def other_layout(text: str) -> str:
    """What the same keys would have written on the other keyboard layout."""
    lowered = text[:MAX_TEXT].lower()
    return lowered.translate(TO_LATIN if CYRILLIC.search(lowered) else TO_CYRILLIC)


def slips(word: str) -> list[str]:
    """The word with two neighbouring letters changed over, the slip that trigrams do not see."""
    return [
        word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        for place in range(len(word) - 1)
        if word[place] != word[place + 1]
    ]


def mend(parsed: Parsed, facts: list[WordFacts], other: list[WordFacts]) -> Parsed:
    """The question to answer instead when words of it are nowhere in the catalogue.

    Keys of the wrong layout when that makes every word known; else the most similar words; else the
    question as it was typed. `other` holds the facts about the words of the other layout.
    """
    if all(fact.courses for fact in facts):
        return parsed
    if other and all(fact.courses for fact in other):
        return Parsed(tuple(fact.word for fact in other))
    mended = tuple(fact.word if fact.courses else fact.suggestion for fact in facts)
    return parsed.with_words(mended) if all(mended) else parsed


def choose_source(facts: list[WordFacts]) -> Source:
    """Where to look so that the work does not grow with the catalogue.

    One frequent word: its ranked list. Several words: the vectors' index, which is quick as long as
    one of them is not too frequent; else the list of the rarest, from its top.
    """
    if not facts:
        return Source()
    rarest = min(facts, key=lambda fact: fact.courses)
    limit = FREQUENT if len(facts) == 1 else TOO_FREQUENT
    return Source(rarest.lexemes) if rarest.courses > limit else Source()


def encode_cursor(order: Sort, place: str | int, course: int) -> str:
    """The place after a row in one order, as an opaque word for a link."""
    return base64.urlsafe_b64encode(orjson.dumps([order.value, place, course])).decode().rstrip("=")


def decode_cursor(order: Sort, cursor: str) -> tuple[str | int, int] | None:
    """The place behind the word; None for the first page. Refuses a word of another order."""
    if not cursor:
        return None
    try:
        written = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        found, place, course = orjson.loads(written)
        if found == order.value and isinstance(course, int) and isinstance(place, str | int):
            return place, course
    except (binascii.Error, ValueError, TypeError, KeyError):
        pass
    raise Invalid("cursor", _("This link to a further page is not valid here; start again."))
