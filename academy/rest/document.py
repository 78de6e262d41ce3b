"""What the schema says beside its operations: nouns, headers of answers, examples of bodies."""

from typing import Any

from academy.rest.samples import sample

ABOUT = """The catalogue of courses, enrolment in their runs, the record of what was completed.

Every changing call carries an `Idempotency-Key`; errors are problem documents (RFC 9457) with a
stable `code`, all of them listed at `/api/docs/problems/`; lists are pages by key. The manners of
the API are one page of the documentation, `docs/api.md`.
"""
TAGS = {
    "certificates": "Statements of an outcome that anybody can check.",
    "courses": "The catalogue: what is taught, for whom, how long.",
    "courts": "The courts and their regions.",
    "decisions": "Opinions, consents and rulings that wait for somebody.",
    "enrollments": "One person's claim on one run, and what its holder may do with it.",
    "events": "What happened, in an order that never changes.",
    "imports": "Files of people, courts and courses.",
    "lost-posts": "Places whose post has ended, for the registrar to keep or cancel.",
    "nominations": "Lists of people whom a court names for a run.",
    "proposals": "Courses that bodies develop together, and what they say of them.",
    "review-steps": "Which body decides on a proposal, until when, and how.",
    "people": "Those who learn, with their posts.",
    "requirements": "Rules of who owes how much training by when.",
    "runs": "Editions of courses: dates, places, seats, and what is done with a whole run.",
    "sessions": "The dated meetings of a run, and who was there.",
    "exports": "Whole lists as files: asked for, written by a worker, fetched once.",
    "webhooks": "Addresses that are called when something happened.",
}

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


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """The schema with the headers of each answer and an example of each body."""
    document["components"]["headers"] = HEADERS
    for methods in document["paths"].values():
        for operation in methods.values():
            _tell_headers(operation)
            for body in (operation.get("requestBody", {}), *operation["responses"].values()):
                _show(body, document["components"]["schemas"])
    return document


def _show(body: dict[str, Any], shapes: dict[str, Any]) -> None:
    for content in body.get("content", {}).values():
        shape = content.get("schema", {})
        if not content.get("examples") and shape:
            content["examples"] = {"Example": {"value": sample(shape, shapes)}}


def _tell_headers(operation: dict[str, Any]) -> None:
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
