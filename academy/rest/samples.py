"""What a body looks like where its endpoint gives no example of its own: made from its shape."""

from collections.abc import Mapping
from typing import Any

Shape = Mapping[str, Any]

# By the format or the name of a field; a story of one course and one judge.
FORMATS = {
    "uuid": "0b6a3a52-0a2c-4a9e-8d6f-2a4d1f0e9c77",
    "date-time": "2026-12-01T04:00:00Z",
    "date": "2026-12-01",
    "uri": "https://training.example.org/",
    "binary": "external_id;family_name;given_name",
}
WORDS = {
    "person": "c1de9c04-3f5f-4a7e-9f2c-91d1b1a2f7aa",
    "people": "c1de9c04-3f5f-4a7e-9f2c-91d1b1a2f7aa",
    "enrollment": "5cfa1a0e-6f63-4d44-a3a5-6f9b8c1b6a3e",
    "enrollments": "5cfa1a0e-6f63-4d44-a3a5-6f9b8c1b6a3e",
    "code": "ECHR-ART6",
    "run_code": "ECHR-ART6.2026-12",
    "course": "ECHR-ART6",
    "court": "ALM-CITY-01",
    "family_name": "Серікқызы",
    "given_name": "Әсел",
    "external_id": "HR-004711",
    "external_ids": "HR-004711",
    "reason": "hearing",
    "kind": "people",
    "venue": "HOUSE-1",
    "language": "kk",
    "languages": "kk",
    "time_zone": "Asia/Almaty",
    "serial": "b0c2a6f6a1d94c5a8e0f6f3b5d7c9e12",
    "state": "confirmed",
    "next": "/api/v1/runs?cursor=WyIyMDI2LTEyLTAxIl0",
    "ends_at": "2026-12-01T07:00:00Z",
    "finished_at": "2026-12-01T07:05:00Z",
}
NUMBERS = {"minutes": 180, "capacity": 25, "seats": 25, "hours": 16, "year": 2026}


def sample(shape: Shape, shapes: Mapping[str, Shape], name: str = "") -> Any:
    """A value of this shape; `shapes` are the named ones."""
    if "$ref" in shape:
        return sample(shapes[shape["$ref"].rpartition("/")[2]], shapes, name)
    for way in ("allOf", "oneOf", "anyOf"):
        if way in shape:
            return sample(shape[way][0], shapes, name)
    if "example" in shape:
        return shape["example"]
    if "enum" in shape:
        return WORDS[name] if WORDS.get(name) in shape["enum"] else shape["enum"][0]
    return _of_kind(shape, shapes, name)


def _of_kind(shape: Shape, shapes: Mapping[str, Shape], name: str) -> Any:
    kind = shape.get("type")
    match kind[0] if isinstance(kind, list) else kind:
        case "object":
            parts = shape.get("properties", {})
            return {part: sample(inner, shapes, part) for part, inner in parts.items()}
        case "array":
            return [sample(shape["items"], shapes, name)]
        case "integer" | "number":
            return NUMBERS.get(name, max(1, shape.get("minimum", 1)))
        case "boolean":
            return shape.get("default", True)
        case "string":
            return _text(shape, name)
    return None


def _text(shape: Shape, name: str) -> str:
    form = shape.get("format")
    known = WORDS.get(name, "")
    if form == "uuid":
        return known if known.count("-") == 4 else FORMATS["uuid"]
    if form in FORMATS:
        return known if form == "date-time" and known else FORMATS[form]
    return known or str(shape.get("default", ""))
