"""How much a run's people share, and how words become a mail. Pure."""

import re
from dataclasses import dataclass

MOST_MATERIALS = 50
"""Files and links of one run."""

NOTICES_A_DAY = 5
"""Notices of one run in 24 hours: more would teach people not to read them."""


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody with a seat needs on the day: access in words, diet as choices and in words."""

    access: str = ""
    diets: tuple[str, ...] = ()
    diet_note: str = ""

    def __bool__(self) -> bool:
        return bool(self.access or self.diets or self.diet_note)


def one_line(text: str) -> str:
    """Words as the subject of a mail: on one line."""
    return " ".join(text.split())


ARROW = re.compile(r"^[^\S\n]*→", re.MULTILINE)


def as_paragraphs(text: str) -> str:
    """Words as the body of a mail: no line of them can pass for the mail's own link."""
    return ARROW.sub("–", text.strip())
