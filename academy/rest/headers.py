"""The headers of answers, described once and named by every operation of the schema."""

from typing import Any

TEXT = {"type": "string"}
HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-Id": {
        "description": "The id of this call: the caller's own, where one was sent, or a new one. "
        "It stands in the logs and in the events of the change.",
        "schema": TEXT,
        "example": "hr-2026-11-24-000017",
    },
    "RateLimit-Policy": {
        "description": "Calls in a window of seconds: of `reads` or of `writes`.",
        "schema": TEXT,
        "example": '"writes";q=300;w=60',
    },
    "RateLimit": {
        "description": "What is left of it, and the seconds until it begins anew.",
        "schema": TEXT,
        "example": '"writes";r=299;t=41',
    },
    "Retry-After": {
        "description": "Seconds until the same call may succeed.",
        "schema": {"type": "integer"},
        "example": 1,
    },
    "ETag": {
        "description": "The state of what was read: for If-None-Match, and If-Match of commands.",
        "schema": TEXT,
        "example": '"3-9a5b01c2de"',
    },
}
ALWAYS = ("X-Request-Id",)
COUNTED = ("RateLimit-Policy", "RateLimit")
LATER = {"409", "429", "503"}


def told(document: dict[str, Any]) -> dict[str, Any]:
    """The schema with the headers that come with each answer."""
    document["components"]["headers"] = HEADERS
    for methods in document["paths"].values():
        for operation in methods.values():
            _tell(operation)
    return document


def _tell(operation: dict[str, Any]) -> None:
    asked = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "header"}
    may_be_counted = operation.get("security") != [{}]
    for status, answer in operation["responses"].items():
        names = [*ALWAYS]
        if may_be_counted and (status < "300" or status == "429"):
            names += COUNTED
        if status in LATER:
            names.append("Retry-After")
        if status in {"200", "304"} and "If-None-Match" in asked:
            names.append("ETag")
        refs = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
        answer["headers"] = {**answer.get("headers", {}), **refs}
