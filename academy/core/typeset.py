"""A page to print, from a template and data: tagged PDF/A-2, the same bytes at any time.

Only fonts from the wheel, so that every server sets the same page. What stands in the data is
printed, never run.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

import typst


def pdf(template: Path, sheet: Mapping[str, object], *, at: datetime) -> bytes:
    """The sheet as set by the template, dated by that moment."""
    made = _compiler(template).compile(
        format="pdf",
        sys_inputs={"sheet": json.dumps(sheet, ensure_ascii=False)},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=int(at.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("The page was not set.")
    return made


@cache
def _compiler(template: Path) -> typst.Compiler:
    """Reads a template and its fonts once per process."""
    fonts = typst.Fonts(include_system_fonts=False)
    return typst.Compiler(template, root=template.parent, font_paths=fonts)
