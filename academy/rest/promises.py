"""What the schema promises, one fact a line, and which differences break a promise.

A promise is what a program of somebody else may rely on: an operation and the ways to sign in, a
parameter, a field that is sent or answered, with its kind, whether it is always there, and the
words it may hold. Bounds of lengths and numbers are left out. Pure: documents and lines in, facts
and differences out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Shape = Mapping[str, Any]

BETWEEN = " | "
DEPRECATED = "deprecated"
JSON = "application/json"
NOTHING = '""'  # the empty word of a closed list


class Side(StrEnum):
    """What of an operation a promise is about."""

    ITSELF = "is"
    ASKED = "asks"  # parameters and headers
    SENT = "sends"
    ANSWERED = "answers"


@dataclass(frozen=True, slots=True)
class Promise:
    """One fact. `kinds` are JSON's types; `words` a closed list, of an operation its sign-ins."""

    operation: str
    side: Side
    name: str = ""
    kinds: frozenset[str] = frozenset()
    is_certain: bool = False  # must be sent; is always answered
    words: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[str, Side, str]:
        """What the promise is about, whatever is promised of it."""
        return self.operation, self.side, self.name

    def line(self) -> str:
        """The promise as it is committed."""
        certain = "always" if self.is_certain else "may"
        kinds, words = (" ".join(sorted(some)) for some in (self.kinds, self.words))
        return BETWEEN.join([*self.key, kinds, certain, words]).rstrip()


def read(line: str) -> Promise:
    """A promise from its line."""
    padded = [*line.split(BETWEEN.strip()), "", "", ""][:6]
    operation, side, name, kinds, certain, words = (part.strip() for part in padded)
    known = frozenset(kinds.split()), certain == "always", frozenset(words.split())
    return Promise(operation, Side(side), name, *known)


def promises_of(document: Shape) -> list[Promise]:
    """Everything that a schema promises, in its order."""
    shapes = document["components"]["schemas"]
    return [
        promise
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        for promise in _of_operation(f"{method.upper()} {path}", operation, shapes)
    ]


def _of_operation(title: str, operation: Shape, shapes: Shape) -> Iterator[Promise]:
    kind = DEPRECATED if operation.get("deprecated") else "current"
    ways = frozenset(_way(one) for one in operation.get("security", ()))
    yield Promise(title, Side.ITSELF, "", frozenset({kind}), is_certain=True, words=ways)
    for one in operation.get("parameters", ()):
        name = f"{one['in']} {one['name']}"
        yield from _of_shape(title, Side.ASKED, name, one["schema"], shapes, one.get("required"))
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield from _of_shape(title, Side.SENT, _body(kind), content["schema"], shapes, True)
    for status, answer in operation["responses"].items():
        if status < "400":
            yield Promise(title, Side.ANSWERED, status, is_certain=True)
            for kind, content in answer.get("content", {}).items():
                name = f"{status} {_body(kind)}"
                yield from _of_shape(title, Side.ANSWERED, name, content["schema"], shapes, True)


def _body(kind: str) -> str:
    return "body" if kind == JSON else kind


def _way(security: Mapping[str, list[str]]) -> str:
    scopes = [scope for many in security.values() for scope in many]
    return ":".join([*security, *scopes]) or "anybody"


def _of_shape(
    title: str, side: Side, name: str, shape: Shape, shapes: Shape, certain: object
) -> Iterator[Promise]:
    """A field and what is inside it."""
    merged = _merged(shape, shapes)
    words = frozenset(str(word) or NOTHING for word in merged.get("enum", ()) if word is not None)
    yield Promise(title, side, name, _kinds(merged), bool(certain), words)
    needed = merged.get("required", ())
    for part, inner in merged.get("properties", {}).items():
        yield from _of_shape(title, side, f"{name}.{part}", inner, shapes, part in needed)
    if "items" in merged:
        yield from _of_shape(title, side, f"{name}[]", merged["items"], shapes, True)


def _merged(shape: Shape, shapes: Shape) -> dict[str, Any]:
    """A shape without references; of a choice, all that it may be."""
    if "$ref" in shape:
        return _merged(shapes[shape["$ref"].rpartition("/")[2]], shapes)
    found: dict[str, Any] = {}
    for inner in (*shape.get("allOf", ()), *shape.get("oneOf", ()), *shape.get("anyOf", ())):
        known = _merged(inner, shapes)
        kinds = _kinds(known) | _kinds(found)
        found |= known
        found["type"] = sorted(kinds)
    return found | {name: value for name, value in shape.items() if not name.endswith("Of")}


def _kinds(shape: Shape) -> frozenset[str]:
    kind = shape.get("type", ())
    return frozenset([kind] if isinstance(kind, str) else kind)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference of two schemas, in a sentence, and whether it breaks a promise."""

    sentence: str
    is_breaking: bool


def changes(before: Iterable[Promise], after: Iterable[Promise]) -> list[Change]:
    """What is different, in the order of the addresses; what is inside a new or gone operation
    is not told apart."""
    old, new = ({one.key: one for one in some} for some in (before, after))
    operations = [{key[0] for key in some} for some in (old, new)]
    told = []
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key), new.get(key)
        is_part = key[1] is not Side.ITSELF and not all(key[0] in some for some in operations)
        if was != now and not is_part:
            told.append(_change(was, now))
    return told


def _change(was: Promise | None, now: Promise | None) -> Change:
    if was is None and now is not None:
        is_owed = now.is_certain and now.side in {Side.ASKED, Side.SENT}
        return Change(f"Added: {_named(now)}{', needed' * is_owed}.", is_owed)
    if now is None and was is not None:
        was_announced = was.side is Side.ITSELF and DEPRECATED in was.kinds
        return Change(f"Removed: {_named(was)}.", not was_announced)
    assert was is not None and now is not None  # noqa: S101, PT018 - for the types
    differences = "; ".join(_differences(was, now))
    return Change(f"Changed: {_named(now)}: {differences}.", breaks(was, now))


def breaks(was: Promise, now: Promise) -> bool:
    """Whether somebody who relied on the old promise may be let down by the new one.

    What others send may only be accepted more widely; what is answered may only become narrower,
    so a new word of a closed list is a breach as well.
    """
    if was.side is Side.ITSELF:
        return bool(was.words - now.words)
    if was.side is Side.ANSWERED:
        was, now = now, was
    takes_less = bool(was.kinds - now.kinds) or (now.is_certain and not was.is_certain)
    knows_fewer = bool(now.words) and (not was.words or bool(was.words - now.words))
    return takes_less or knows_fewer


def _named(promise: Promise) -> str:
    about = f" {promise.side} `{promise.name}`" if promise.name else ""
    return f"`{promise.operation}`{about}"


def _differences(was: Promise, now: Promise) -> Iterator[str]:
    if was.kinds != now.kinds:
        yield f"{' or '.join(sorted(was.kinds))} is now {' or '.join(sorted(now.kinds))}"
    if was.is_certain != now.is_certain:
        yield "needed or always there" if now.is_certain else "may be missing"
    for sign, words in (("without", was.words - now.words), ("with", now.words - was.words)):
        if words:
            yield f"{sign} {', '.join(sorted(words))}"
