"""Where exports lie, the spool of rows they are made from, and the file in its asked form.

Rows are first appended to a spool, a line of JSON each, which can be cut and continued after a
crash. The file is then made of the spool in one go, line by line, so that memory stays the same
however long it is; when that is interrupted it is simply made again.
"""

import csv
import gzip
import io
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import orjson
import xlsxwriter
from django.conf import settings

from academy.exports.enums import Format
from academy.exports.rules import cell, harmless

OLD = (1980, 1, 1, 0, 0, 0)  # the same rows are the same bytes, whenever they are packed


def folder_of(export: UUID) -> Path:
    """The folder of one export."""
    return Path(settings.EXPORTS_ROOT) / str(export)


def path_of(export: UUID, form: Format, *, compressed: bool) -> Path:
    """The finished file."""
    return folder_of(export) / f"export.{form}{'.gz' if compressed else ''}"


def append(export: UUID, sheet: str, rows: Sequence[Mapping[str, Any]], *, at: int) -> int:
    """Write rows behind the first `at` bytes of a sheet's spool; how long it is on the disk."""
    path = folder_of(export) / f"{sheet}.ndjson"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as spool:
        spool.truncate(at)
        spool.seek(at)
        for row in rows:
            spool.write(orjson.dumps(row, default=str, option=orjson.OPT_UTC_Z) + b"\n")
        spool.flush()
        os.fsync(spool.fileno())
        return spool.tell()


def assemble(
    export: UUID,
    form: Format,
    sheets: Mapping[str, Sequence[str]],
    *,
    compressed: bool,
    beside: Mapping[str, str],
) -> int:
    """Make the file of the spool and put it in its place at once; its bytes."""
    path = path_of(export, form, compressed=compressed)
    half = path.with_name("half")
    first, columns = next(iter(sheets.items()))
    match form:
        case Format.XLSX:
            _write_workbook(half, first, columns, _rows(export, first))
        case Format.ZIP:
            _write_archive(half, export, sheets, beside)
        case _:
            with gzip.open(half, "wb", 6) if compressed else half.open("wb") as target:
                _write_lines(target, form, columns, _rows(export, first))
    half.replace(path)
    for sheet in sheets:
        (folder_of(export) / f"{sheet}.ndjson").unlink(missing_ok=True)
    return path.stat().st_size


def remove(export: UUID) -> None:
    """Leave nothing of an export on the disk."""
    shutil.rmtree(folder_of(export), ignore_errors=True)


def _rows(export: UUID, sheet: str) -> Iterator[dict[str, Any]]:
    path = folder_of(export) / f"{sheet}.ndjson"
    if path.exists():
        with path.open("rb") as spool:
            yield from map(orjson.loads, spool)


def _write_lines(
    target: Any, form: Format, columns: Sequence[str], rows: Iterator[dict[str, Any]]
) -> None:
    if form == Format.NDJSON:
        for row in rows:
            target.write(orjson.dumps(row) + b"\n")
        return
    target.write(b"\xef\xbb\xbf")  # else Excel reads Kazakh letters as another alphabet
    text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
    _write_csv(text, columns, rows)
    text.detach()


def _write_csv(target: IO[str], columns: Sequence[str], rows: Iterator[dict[str, Any]]) -> None:
    writer = csv.writer(target)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([harmless(cell(row.get(column))) for column in columns])


def _write_workbook(
    path: Path, name: str, columns: Sequence[str], rows: Iterator[dict[str, Any]]
) -> None:
    """Words are written as words: no cell of ours is a formula or a link."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet(name[:31])
        sheet.write_row(0, 0, columns)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [harmless(cell(row.get(column))) for column in columns])


def _write_archive(
    path: Path, export: UUID, sheets: Mapping[str, Sequence[str]], beside: Mapping[str, str]
) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in beside.items():
            archive.writestr(zipfile.ZipInfo(name, OLD), content)
        for sheet, columns in sheets.items():
            with archive.open(zipfile.ZipInfo(f"{sheet}.csv", OLD), "w", force_zip64=True) as raw:
                text = io.TextIOWrapper(raw, encoding="utf-8", newline="", write_through=True)
                _write_csv(text, columns, _rows(export, sheet))
                text.detach()
