"""Which files may be shared, told by what they are and not by what they are called. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from academy.core.errors import Invalid

LARGEST = 20 * 1024 * 1024
"""Bytes: what a phone on a slow line can still fetch."""

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


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file by its ending: how it begins, and the media type under which it is sent."""

    media_type: str
    begins: tuple[bytes, ...]


ZIP = (b"PK\x03\x04",)
OFFICE = "application/vnd.openxmlformats-officedocument"
ODF = "application/vnd.oasis.opendocument"

KINDS: Mapping[str, FileKind] = {
    "pdf": FileKind("application/pdf", (b"%PDF-",)),
    "docx": FileKind(f"{OFFICE}.wordprocessingml.document", ZIP),
    "xlsx": FileKind(f"{OFFICE}.spreadsheetml.sheet", ZIP),
    "pptx": FileKind(f"{OFFICE}.presentationml.presentation", ZIP),
    "odt": FileKind(f"{ODF}.text", ZIP),
    "ods": FileKind(f"{ODF}.spreadsheet", ZIP),
    "odp": FileKind(f"{ODF}.presentation", ZIP),
    "png": FileKind("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": FileKind("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": FileKind("image/jpeg", (b"\xff\xd8\xff",)),
}
"""Nothing that runs: no macros, no pages with scripts, no archives."""

MACROS = re.compile(rb"vbaProject\.bin", re.IGNORECASE)


def kind_of(name: str, size: int, content: bytes) -> FileKind:
    """The kind of a file that may be shared; `content` is all of it.

    Refuses what is empty, too large, of another kind, not what its ending says, or has macros.
    """
    if not 0 < size <= LARGEST:
        raise _invalid("file_size", _("A file may have up to 20 MB and must not be empty."))
    kind = KINDS.get(name.rpartition(".")[2].lower())
    if kind is None:
        endings = ", ".join(sorted(KINDS))
        raise _invalid("file_kind", _("Only these kinds of files: %(kinds)s") % {"kinds": endings})
    if not content.startswith(kind.begins):
        raise _invalid("file_differs", _("This file is not what its ending says."))
    if kind.begins == ZIP and MACROS.search(content):
        raise _invalid("file_runs", _("Files with macros cannot be shared."))
    return kind


def _invalid(code: str, sentence: object) -> Invalid:
    text = str(sentence)
    return Invalid(code, text, fields={"file": [text]})


def one_line(text: str) -> str:
    """Words as the subject of a mail: on one line."""
    return " ".join(text.split())


ARROW = re.compile(r"^[^\S\n]*→", re.MULTILINE)


def as_paragraphs(text: str) -> str:
    """Words as the body of a mail: no line of them can pass for the mail's own link."""
    return ARROW.sub("–", text.strip())
