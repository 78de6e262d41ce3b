"""The files in seeds/, as rows."""

import csv
import json
from typing import Any

from django.conf import settings

from academy.core import texts

SEEDS = settings.BASE_DIR / "seeds"
Row = dict[str, str]


def rows(name: str) -> list[Row]:
    """A TSV file: one dictionary a line, an empty cell is an empty text."""
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def document(name: str) -> Any:
    """A JSON file."""
    return json.loads((SEEDS / name).read_text("utf-8"))


def names(row: Row, prefix: str = "") -> dict[str, str]:
    """The texts of a row in the institution's languages, from columns like kk or title_kk."""
    found = {code: row.get(f"{prefix}{code}", "") for code in texts.languages()}
    return {code: text for code, text in found.items() if text}
