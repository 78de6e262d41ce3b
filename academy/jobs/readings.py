"""Bytes of a text file into letters: in which alphabet an office wrote it. Pure: no file, no table.

UTF-8 and UTF-16 say what they are, or prove it by being whole. The one-byte alphabets do not: any
of them reads any bytes. What comes out must look like words, and where two of them give different
words that both do, a person who knows the words chooses.
"""

import re
from collections.abc import Set

from django.utils.translation import gettext_lazy as _

from academy.core.errors import Invalid

BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
ONE_BYTE = ("cp1251", "kz1048", "cp866")
"""Windows-1251, its Kazakh sister (STRK1048), and the alphabet of DOS."""

RUSSIAN = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
EXPECTED = {
    "cp1251": RUSSIAN | set("іїєґў"),
    "kz1048": RUSSIAN | set("әғқңөұүһі"),
    "cp866": RUSSIAN,
}
"""The letters for which an office uses each; where Windows-1251 has Ukrainian ones, its sister has
Kazakh ones, so such a file has two readings."""

SIGNS = frozenset("\xa0«»“”„‘’–—…№°§•´`")
ODD_AT_MOST = 0.02
"""The share of letters that a Kazakh or Russian text has not; names and slips must not decide."""

# Windows-1251 has no Kazakh letters: a program that saved them left question marks inside words.
LOST_LETTERS = re.compile(r"[а-яА-ЯёЁ]\?[а-яА-ЯёЁ]")
# A small letter before a capital is the sign of another alphabet read as this one.
TURNED = re.compile(r"[а-яё][А-ЯЁ]")
UNREADABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\x80-\x9f�]")


def encodings_of(content: bytes) -> list[str]:
    """The alphabets in which these bytes are text that an office could have meant; [] for none.

    One when it is certain. Alphabets that come to the same letters count once.
    """
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return [encoding] if _text(content, encoding) is not None else []
    if b"\x00" in content[:200]:
        wide = "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"
        return [wide] if _text(content, wide) is not None else []
    if (text := _text(content, "utf-8")) is not None:
        return ["utf-8"]
    found: dict[str, str] = {}
    for encoding in ONE_BYTE:
        text = _text(content, encoding)
        if text is not None and _is_plausible(text, EXPECTED[encoding]):
            found.setdefault(text, encoding)
    return list(found.values())


def decoded(content: bytes, encoding: str = "") -> str:
    """The text; in the alphabet that somebody chose, or in the one that is certain.

    Refuses what is no text, what lost its Kazakh letters, and what can be read in two ways.
    """
    possible = [encoding] if encoding else encodings_of(content)
    if len(possible) > 1:
        raise Invalid(
            "file_ambiguous",
            _("The letters of this file can be read in more than one way. Save it as “CSV UTF-8”."),
        )
    text = _text(content, possible[0]) if possible else None
    if text is None:
        raise Invalid(
            "file_encoding",
            _("This is not a text file that can be read. Save it as “CSV UTF-8” or as Excel."),
        )
    if possible[0] in ONE_BYTE and LOST_LETTERS.search(text):
        raise Invalid(
            "letters_lost",
            _("Kazakh letters were lost when this file was saved. Save it as “CSV UTF-8”."),
        )
    return text


def _text(content: bytes, encoding: str) -> str | None:
    try:
        text = content.decode(encoding)
    except (LookupError, UnicodeDecodeError):
        return None
    return None if UNREADABLE.search(text) else text


def _is_plausible(text: str, expected: Set[str]) -> bool:
    foreign = [letter for letter in text if not letter.isascii() and letter not in SIGNS]
    odd = sum(letter.lower() not in expected for letter in foreign) + len(TURNED.findall(text))
    return odd <= len(foreign) * ODD_AT_MOST
