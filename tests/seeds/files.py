"""The seed files, read once for all tests about them."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SEEDS = Path(__file__).parents[2] / "seeds"
LANGUAGES = ("kk", "ru", "en")
KAZAKH = set("аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя")
RUSSIAN = set("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
TABLES = sorted(SEEDS.rglob("*.tsv"))


def table(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True))


def document(name: str) -> Any:
    return json.loads((SEEDS / name).read_text(encoding="utf-8"))


def reference(name: str) -> dict[str, dict[str, str]]:
    rows = table(f"reference/{name}.tsv")
    assert len({row["code"] for row in rows}) == len(rows), name
    return {row["code"]: row for row in rows}


def split(cell: str) -> list[str]:
    return cell.split(";") if cell else []


COURSES = table("courses.tsv")
TEXTS = document("course_texts.json")
AUDIENCES = {audience["code"]: audience for audience in document("reference/audiences.json")}
COURTS = {court["code"]: court for court in table("judiciary/courts.tsv")}
DEMO = document("demo.json")
RUNS = {run["code"]: run for run in DEMO["runs"]}
ACCOUNTS = {account["login"]: account for account in DEMO["accounts"]}
POSITIONS = reference("positions")


def every_text() -> Iterator[tuple[str, str, str]]:
    """Where, language, text: everything in the seeds that people will read."""
    for path in TABLES:
        for row in table(str(path.relative_to(SEEDS))):
            for column, text in row.items():
                if (language := column.rsplit("_", 1)[-1]) in LANGUAGES:
                    yield f"{path.name} {row.get('code')} {column}", language, text
    for name in ("course_texts.json", "reference/audiences.json", "demo.json"):
        yield from texts_in(document(name), name)


def texts_in(value: Any, where: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, dict):
        if set(value) >= set(LANGUAGES) and not isinstance(value["kk"], float):
            for language in LANGUAGES:
                texts = value[language]
                for text in texts if isinstance(texts, list) else [texts]:
                    yield where, language, text
        else:
            for key, child in value.items():
                yield from texts_in(child, f"{where} {key}")
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from texts_in(child, f"{where} {number}")
