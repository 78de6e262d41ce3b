"""Two versions side by side, word by word. Pure: texts in, marked pieces out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from courses.development.enums import Section
from courses.development.rules import WRITTEN, ProposalContent

WORDS = re.compile(r"\S+|\s+")
SAME, ADDED, REMOVED = "same", "added", "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words and what became of them: same, added or removed."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in one language, before and after; `language` is empty for figures."""

    section: Section
    language: str
    before: str
    after: str
    pieces: tuple[Piece, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing changed here."""
        return self.before == self.after

    @property
    def old(self) -> list[Piece]:
        """The older version with what is gone marked."""
        return [piece for piece in self.pieces if piece.kind != ADDED]

    @property
    def new(self) -> list[Piece]:
        """The newer version with what is new marked."""
        return [piece for piece in self.pieces if piece.kind != REMOVED]


def compared(
    before: ProposalContent,
    after: ProposalContent,
    languages: Sequence[str],
    figures: tuple[str, str],
) -> list[Difference]:
    """Every section and language that either version has words in; then the figures, in words."""
    fields = [
        _difference(section, code, *(_text(one, section, code) for one in (before, after)))
        for section in WRITTEN
        for code in languages
    ]
    fields.append(_difference(Section.HOURS, "", *figures))
    return [each for each in fields if each.before or each.after]


def words_apart(before: str, after: str) -> Iterator[Piece]:
    """The shortest story from one text to the other, in whole words."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece(SAME, "".join(old[a:b]))
            continue
        if b > a:
            yield Piece(REMOVED, "".join(old[a:b]))
        if d > c:
            yield Piece(ADDED, "".join(new[c:d]))


def _difference(section: Section, language: str, before: str, after: str) -> Difference:
    return Difference(section, language, before, after, tuple(words_apart(before, after)))


def _text(content: ProposalContent, section: Section, code: str) -> str:
    return content.texts.get(section, {}).get(code, "").strip()
