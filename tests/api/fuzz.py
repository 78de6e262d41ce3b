"""Malformed requests by the thousand, drawn from the service's own schema and a seed.

A *wound* makes a request certainly wrong, whatever else it carries; around it all is drawn at
random from plausible and absurd values. An *odd* request carries absurd values and no wound: it
may be right by chance, so only its answer's manners can be judged.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote
from uuid import UUID

from academy.rest.docs import build_schema

PAST, FAR = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"
TEXTS = [
    "", " ", "\x00", "a\x00b", "😀" * 50, "\ud83d", "Ә" * 3_000, "'; DROP TABLE academy_event; --",
    "%00", "../../etc/passwd", "{{7*7}}", "<script>", "\u202e", "null", "-1", "1e400", PAST, FAR,
    "2026-02-30T00:00:00Z", "2026-11-26T10:00:00", "\r\nSet-Cookie: a=b", "*", "_", "ı", "ﬀ",
]  # fmt: skip
NUMBERS = [0, -1, 1.5, 2**31, 2**63, -(2**63) - 1, 10**30, 1e308]
VALUES: list[Any] = [
    *TEXTS,
    *NUMBERS,
    None,
    True,
    [],
    {},
    [[[[]]]],
    {"a": {"b": [None]}},
    ["x"] * 300,
]
UNREADABLE = [
    b"", b"{", b"[", b'{"a":', b"\xff\xfe", b"\x00", b'{"a":NaN}', b'{"a":1}}', b'"\\ud800"',
    b"tru", b"[" * 2_000, b'{"a":"' + b"x" * 1_000_001 + b'"}',
]  # fmt: skip
KINDS = ["text/plain", "application/xml", "application/x-www-form-urlencoded", "x", "multipart/"]
NOT_JSON = ["application/xml", "text/html;q=0.9", "image/*"]
VERBS = {"get", "post", "put", "patch", "delete"}


@dataclass
class Request:
    """One request as it is sent."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        pairs = (f"{_quoted(name)}={_quoted(value)}" for name, value in self.query.items())
        return self.path + ("?" + "&".join(pairs) if self.query else "")


def _quoted(text: str) -> str:
    """As it stands in an address, also what is no Unicode."""
    return quote(text, errors="surrogatepass")


class Fuzzer:
    """Draws requests for every operation of the schema; `ids` are things that exist, by name."""

    def __init__(self, seed: int, ids: dict[str, str]) -> None:
        self.random, self.ids = Random(seed), ids
        document = build_schema()
        self.shapes = document["components"]["schemas"]
        self.operations = [
            (method, path, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        ]
        self.verbs = {path: set(methods) for path, methods in document["paths"].items()}

    def wounded(self) -> Request:
        """A request that must be refused."""
        request, template, operation = self._drawn()
        wounds = [self._unknown_address, self._wrong_method, self._wrong_accept]
        if request.method == "post":
            wounds += [self._no_key, self._unreadable, self._wrong_kind]
            wounds += [self._no_key, self._unreadable]
        elif any(one["in"] == "query" for one in operation.get("parameters", ())):
            wounds += [self._unknown_parameter, self._wrong_page, self._wrong_cursor] * 2
        wound: Callable[[Request, str], None] = self.random.choice(wounds)
        wound(request, template)
        return request

    def odd(self) -> Request:
        """A request with absurd values, perhaps a right one."""
        return self._drawn()[0]

    def _drawn(self) -> tuple[Request, str, dict[str, Any]]:
        method, template, operation = self.random.choice(self.operations)
        request = Request(method, self._filled(template))
        for one in operation.get("parameters", ()):
            if one["in"] == "query" and self.random.random() < 0.4:
                request.query[one["name"]] = str(self._value(one["schema"], one["name"]))
        request.headers["Idempotency-Key"] = f"k-{self.random.getrandbits(64):x}"
        for name in ("If-Match", "If-None-Match", "On-Behalf-Of", "Accept-Language"):
            if self.random.random() < 0.15:
                request.headers[name] = self._plain(self.random.choice(TEXTS))
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body:
            request.body = json.dumps(self._value(body["schema"], "")).encode()
        return request, template, operation

    def _filled(self, template: str) -> str:
        steps = []
        for step in template.split("/"):
            name = step.strip("{}")
            steps.append(self.ids.get(name, str(self._uuid())) if step[:1] == "{" else step)
        return "/".join(steps)

    def _value(self, shape: dict[str, Any], name: str) -> Any:
        """Something of this shape, or something absurd in its place."""
        if self.random.random() < 0.12:
            return self.random.choice(VALUES)
        for key in ("allOf", "oneOf", "anyOf"):
            if key in shape:
                return self._value(shape[key][0], name)
        if "$ref" in shape:
            return self._value(self.shapes[shape["$ref"].rpartition("/")[2]], name)
        if "enum" in shape:
            return self.random.choice(shape["enum"])
        return self._of_kind(shape, name)

    def _of_kind(self, shape: dict[str, Any], name: str) -> Any:
        kind = shape.get("type")
        match kind[0] if isinstance(kind, list) else kind:
            case "object":
                return {
                    key: self._value(inner, key)
                    for key, inner in shape.get("properties", {}).items()
                    if self.random.random() < 0.9
                }
            case "array":
                many = self.random.choice([0, 1, 1, 2, 5])
                return [self._value(shape["items"], name) for _ in range(many)]
            case "integer" | "number":
                return self.random.choice([1, 3, 30, *NUMBERS])
            case "boolean":
                return self.random.choice([True, False])
        return self._text(shape.get("format"), name)

    def _text(self, form: str | None, name: str) -> str:
        if form == "uuid":
            return self.ids.get(name, str(self._uuid()))
        if form == "date-time":
            return self.random.choice(
                [PAST, FAR, "2026-12-24T09:00:00+05:00", "2027-01-01T00:00:00Z"]
            )
        if form == "uri":
            return self.random.choice(["https://example.org/", "http://127.0.0.1/", "file:///etc"])
        return self.ids.get(name, self.random.choice(TEXTS))

    def _uuid(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)

    def _plain(self, text: str) -> str:
        """What fits into a header."""
        return "".join(char for char in text if " " <= char <= "~")

    # The wounds.

    def _unknown_address(self, request: Request, template: str) -> None:
        request.path += "/x/" + quote(self.random.choice(["x", "Ә", "..", "%", "\x00", "a b"]))

    def _wrong_method(self, request: Request, template: str) -> None:
        request.method = self.random.choice(sorted(VERBS - self.verbs[template]))

    def _wrong_accept(self, request: Request, template: str) -> None:
        request.headers["Accept"] = self.random.choice(NOT_JSON)

    def _no_key(self, request: Request, template: str) -> None:
        request.headers["Idempotency-Key"] = self.random.choice(["", " ", "a b", "x" * 201, "\x7f"])

    def _unreadable(self, request: Request, template: str) -> None:
        request.body = self.random.choice(UNREADABLE[1:])
        self._no_key(request, template) if self.random.random() < 0.2 else None

    def _wrong_kind(self, request: Request, template: str) -> None:
        request.kind = self.random.choice(KINDS)
        request.body = request.body or b"x"

    def _unknown_parameter(self, request: Request, template: str) -> None:
        request.query[self._plain(self.random.choice(TEXTS))[:50] + "_"] = "1"

    def _wrong_page(self, request: Request, template: str) -> None:
        request.query["limit"] = self.random.choice(["0", "-1", "x", "1e9", "9" * 30, "\x00", "Ⅷ"])

    def _wrong_cursor(self, request: Request, template: str) -> None:
        absurd = json.dumps(self.random.choice([*VALUES, ["x"], [None, None, None], [1, 2, 3, 4]]))
        drawn = base64.urlsafe_b64encode(absurd.encode()).decode()
        request.query["cursor"] = self.random.choice([drawn, "x", "%%%", "Ә", "="])
        request.query["limit"] = "0"
