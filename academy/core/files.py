"""Which uploaded files are taken, told by what they are and not by what they are called. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from academy.core.errors import Invalid

LARGEST = 20 * 1024 * 1024
"""Bytes: what a phone on a slow line can still fetch."""


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

PAPER = frozenset({"pdf", "png", "jpg", "jpeg"})
"""What scanners and phones make of a sheet of paper."""

MACROS = re.compile(rb"vbaProject\.bin", re.IGNORECASE)


def ending_of(name: str) -> str:
    """What a file says it is, in small letters and without the dot."""
    return name.rpartition(".")[2].lower()


def kind_of(
    name: str, size: int, content: bytes, *, endings: Collection[str] = KINDS.keys()
) -> FileKind:
    """The kind of an uploaded file, one of those `endings`; `content` is all of it.

    Refuses what is empty, too large, of another kind, not what its ending says, or has macros.
    """
    if not 0 < size <= LARGEST:
        raise _invalid("file_size", _("A file may have up to 20 MB and must not be empty."))
    kind = KINDS.get(ending_of(name))
    if kind is None or ending_of(name) not in endings:
        told = ", ".join(sorted(endings))
        raise _invalid("file_kind", _("Only these kinds of files: %(kinds)s") % {"kinds": told})
    if not content.startswith(kind.begins):
        raise _invalid("file_differs", _("This file is not what its ending says."))
    if kind.begins == ZIP and MACROS.search(content):
        raise _invalid("file_runs", _("Files with macros cannot be shared."))
    return kind


def _invalid(code: str, sentence: object) -> Invalid:
    text = str(sentence)
    return Invalid(code, text, fields={"file": [text]})
