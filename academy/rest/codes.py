"""Every problem code that this service can answer, read from where the refusals stand.

A rule names its code and its sentence in one place, so the published list cannot fall behind.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps

from academy.core import errors

STATUS = {
    name: kind.status
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.Refused)
}


@dataclass(frozen=True, slots=True, order=True)
class Code:
    """A stable code, the status it comes with, and what it means."""

    code: str
    status: int
    meaning: str


# What the endpoint kit itself answers.
OF_THE_KIT = (
    Code("busy", 503, "The same thing is being changed; the same call may succeed in a moment."),
    Code("body_too_large", 413, "The body is longer than a million bytes."),
    Code("forbidden", 403, "The caller's rights or scopes do not cover this."),
    Code("idempotency_key_in_flight", 409, "The same call is being carried out; ask again."),
    Code("idempotency_key_missing", 400, "Every changing call carries an Idempotency-Key."),
    Code("invalid", 422, "Something that was sent cannot be accepted; `errors` says what."),
    Code("malformed_json", 400, "The body is not JSON."),
    Code("method_not_allowed", 405, "The address does not know this method."),
    Code("not_acceptable", 406, "Only JSON is spoken here."),
    Code("not_authenticated", 401, "Nobody is signed in, or the session is over."),
    Code("not_found", 404, "There is no such thing, or not for this caller."),
    Code("on_behalf_of_missing", 400, "A system names the person in whose right it acts."),
    Code("parse_error", 400, "The body cannot be read."),
    Code("permission_denied", 403, "The CSRF token is missing or wrong."),
    Code("second_factor_needed", 403, "This role signs in with a second step; set it up first."),
    Code("server_error", 500, "A fault of the service; it was noted."),
    Code("retired", 410, "The address was taken out of service on the day that was announced."),
    Code("throttled", 429, "Too many calls in one minute; Retry-After says when."),
    Code("token_invalid", 401, "The token is unknown or over."),
    Code("unsupported_media_type", 415, "The body is not of the kind that is read here."),
)

# What is chosen by the rule that refuses, and so not one literal.
CHOSEN = (
    Code("trainer_busy", 409, "A trainer teaches another run at these hours."),
    Code("venue_busy", 409, "The place is taken by another run at these hours."),
)


@cache
def all_codes() -> dict[str, Code]:
    """Every code with its meaning, in alphabetical order; the kit's own words come first."""
    ordered = sorted(_refusals(), key=lambda entry: (bool(entry.meaning), entry))
    found = {entry.code: entry for entry in ordered}
    known = {entry.code: entry for entry in (*OF_THE_KIT, *CHOSEN)}
    return dict(sorted((found | known).items()))


def as_json(entry: Code) -> dict[str, Any]:
    """The code as it is published, under the address that problem documents name."""
    return {"type": f"/api/docs/problems/{entry.code}", **asdict(entry)}


def _refusals() -> Iterator[Code]:
    """The refusals in the source of our own apps."""
    ours = [Path(app.path) for app in apps.get_app_configs() if app.path.startswith(_home())]
    for file in sorted(path for place in ours for path in place.rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        named = [node for node in ast.walk(tree) if isinstance(node, ast.Assign)]
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Name(id=kind), args=[ast.Constant(value=str(code)), sentence, *_]
                ) if kind in STATUS:
                    yield Code(code, STATUS[kind], _words(_meant(sentence, named)))


def _home() -> str:
    return str(Path(__file__).resolve().parent.parent.parent / "_").removesuffix("_")


def _meant(sentence: ast.expr, named: Sequence[ast.Assign]) -> ast.expr:
    """The sentence itself where a name stands for it: what the name was given last before."""
    if isinstance(sentence, ast.Subscript):  # a table of sentences: the first speaks for all
        sentence = sentence.value
    if isinstance(sentence, ast.Name):
        wanted, line = sentence.id, sentence.lineno
        given = [one for one in named if ast.unparse(one.targets[0]) == wanted]
        before = [one for one in given if one.lineno < line]
        sentence = max(before, key=lambda one: one.lineno).value if before else sentence
    return sentence.values[0] if isinstance(sentence, ast.Dict) else sentence


def _words(sentence: ast.expr) -> str:
    """The English sentence as it stands in the source; empty where it is put together."""
    texts = (node.value for node in ast.walk(sentence) if isinstance(node, ast.Constant))
    return next((text for text in texts if isinstance(text, str)), "")
