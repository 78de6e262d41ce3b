"""Every address x every role: what each may open. A new address that is not in the table fails.

The tables say what a GET answers; a command (POST) is asked without a body, so that whoever may
call it hears of the missing key or field (400, 422), and everybody else 401, 403 or 404.
"""

from uuid import uuid4

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.api.calls import Caller, system

ROLES = (
    "nobody",
    "trainee",
    "head",
    "trainer",
    "coordinator",
    "registrar",
    "auditor",
    "system",  # with the scope that the endpoint names
    "stranger",  # a system with another scope
)
ACCOUNTS = {
    "trainee": "asel_account",
    "head": "boris_account",
    "trainer": "timur_account",
    "coordinator": "kenzhe_account",
    "registrar": "clara_account",
    "auditor": "otto_account",
}


def row(**answers):
    """One answer per role: those named, else the one given as `rest`."""
    rest = answers.pop("rest")
    return {role: answers.get(role, rest) for role in ROLES}


OPEN = row(rest=200)
GONE = row(rest=404)
SIGNED_IN = row(nobody=401, stranger=403, rest=200)
MINE = row(nobody=401, system=403, stranger=403, rest=200)
ONE_OF_MINE = row(nobody=401, stranger=403, rest=404)
COMMAND = row(nobody=401, stranger=403, rest=404)
STAFF = row(nobody=401, trainee=403, trainer=403, stranger=403, rest=200)
# A system that names nobody in whose right it acts: 400.
DECIDERS = row(nobody=401, head=200, registrar=200, system=400, rest=403)
DECIDE = row(nobody=401, head=404, registrar=404, system=400, rest=403)
REFUSE = row(nobody=401, head=422, registrar=422, system=422, rest=403)
REGISTRAR = row(nobody=401, registrar=404, system=404, rest=403)
REGISTER = row(nobody=401, registrar=404, system=400, rest=403)
CANCEL = row(nobody=401, registrar=422, system=422, rest=403)
TEACH = row(nobody=401, trainer=404, registrar=404, system=400, rest=403)
MARK = row(nobody=401, trainer=422, registrar=422, system=422, rest=403)

WEBHOOKS = [f"webhook-{step}" for step in ("rotate", "pause", "resume", "remove", "test", "replay")]

READS = {
    "certificates": MINE,
    "certificate": OPEN,
    "courses": OPEN,
    "course": GONE,
    "courts": SIGNED_IN,
    "court": row(nobody=401, stranger=403, rest=404),
    "decisions": DECIDERS,
    "enrollments": SIGNED_IN,
    "enrollment": ONE_OF_MINE,
    "events": row(nobody=401, registrar=200, auditor=200, system=200, rest=403),
    "events-checksum": row(nobody=401, registrar=200, auditor=200, system=200, rest=403),
    "export": row(nobody=401, registrar=404, system=404, rest=403),
    "export-file": GONE,
    **dict.fromkeys(
        ("court-days", "person-days"),
        row(nobody=401, trainee=403, trainer=403, stranger=403, rest=404),
    ),
    "import": row(nobody=401, registrar=404, system=404, rest=403),
    "lost-posts": row(nobody=401, registrar=200, system=400, rest=403),
    "nominations": row(nobody=401, trainee=403, trainer=403, stranger=403, rest=200),
    "nomination": row(nobody=401, trainee=403, trainer=403, stranger=403, rest=404),
    "requirements": SIGNED_IN,
    "requirement": ONE_OF_MINE,
    **dict.fromkeys(("owed", "transcript", "sheet"), ONE_OF_MINE),
    "people": STAFF,
    "person": row(nobody=401, trainee=403, trainer=403, stranger=403, rest=404),
    "proposals": row(nobody=401, registrar=200, auditor=200, rest=403),
    "proposal": row(nobody=401, registrar=404, auditor=404, rest=403),
    "runs": OPEN,
    "seats-for-me": row(nobody=401, system=403, stranger=403, rest=404),
    "run": GONE,
    "roster": row(nobody=401, trainee=403, head=403, coordinator=403, stranger=403, rest=404),
    "sessions": GONE,
    "webhooks": row(nobody=401, registrar=200, auditor=200, system=200, rest=403),
    "webhook": row(nobody=401, registrar=404, auditor=404, system=404, rest=403),
    "webhook-calls": row(nobody=401, registrar=404, auditor=404, system=404, rest=403),
}
COMMANDS = {
    "enrollments": row(nobody=401, stranger=403, rest=422),
    "accept": COMMAND,
    "decline": COMMAND,
    "confirm": COMMAND,
    "withdraw": COMMAND,
    "call-off": CANCEL,
    "transfer": row(nobody=401, stranger=403, rest=422),
    "substitute": row(nobody=401, stranger=403, rest=422),
    "give": DECIDE,
    "refuse": REFUSE,
    "answers": REFUSE,
    **dict.fromkeys(("keep-lost", "cancel-lost"), REGISTER),
    "nominations": row(nobody=401, trainee=403, trainer=403, auditor=403, stranger=403, rest=422),
    "apply": row(nobody=401, head=404, coordinator=404, registrar=404, system=400, rest=403),
    **dict.fromkeys(
        ("proposal-comment", "review-decide"), row(nobody=401, registrar=404, rest=403)
    ),
    "runs": row(nobody=401, registrar=422, system=422, rest=403),
    "publish": REGISTRAR,
    "cancel": CANCEL,
    **dict.fromkeys(("capacity", "postpone", "move", "merge", "split"), CANCEL),
    **dict.fromkeys(("course-submit", "course-publish"), REGISTRAR),
    "course-archive": CANCEL,
    **dict.fromkeys(("revoke", "replace"), CANCEL),
    "finalise": TEACH,
    "marks": MARK,
    "test": MARK,
    "exports": row(nobody=401, registrar=422, system=422, rest=403),
    "imports": row(nobody=401, registrar=415, system=415, rest=403),
    "webhooks": row(nobody=401, registrar=422, system=422, rest=403),
    **dict.fromkeys(WEBHOOKS, REGISTRAR),
}
SCOPES = {
    **dict.fromkeys(("decisions", "give", "refuse", "answers"), "decisions:write"),
    **dict.fromkeys(("lost-posts", "keep-lost", "cancel-lost"), "decisions:write"),
    "call-off": "decisions:write",
    **dict.fromkeys(("revoke", "replace"), "certificates:write"),
    **dict.fromkeys(("course-submit", "course-publish", "course-archive"), "courses:write"),
    "courts": "courts:read",
    "court": "courts:read",
    "enrollments": "enrollments:read",
    "enrollment": "enrollments:read",
    "events": "events:read",
    "nominations": "enrollments:write",
    "nomination": "enrollments:write",
    "apply": "enrollments:write",
    "events-checksum": "events:read",
    **dict.fromkeys(("requirements", "requirement", "owed", "transcript", "sheet"), "credits:read"),
    "people": "people:read",
    "roster": "enrollments:read",
    "person": "people:read",
    "runs": "runs:write",
    "publish": "runs:write",
    "cancel": "runs:write",
    **dict.fromkeys(("capacity", "postpone", "move", "merge", "split"), "runs:write"),
    "finalise": "runs:write",
    **dict.fromkeys(("marks", "test"), "marks:write"),
    "imports": "imports:write",
    **dict.fromkeys(("webhooks", "webhook", "webhook-calls", *WEBHOOKS), "webhooks:write"),
    "import": "imports:write",
    **dict.fromkeys(("exports", "export"), "exports:write"),
    **dict.fromkeys(("court-days", "person-days"), "blocked-days:read"),
}
WRITES = dict.fromkeys(
    ("enrollments", "accept", "decline", "confirm", "withdraw", "transfer", "substitute"),
    "enrollments:write",
)


def endpoints():
    """(name, address, methods) of every endpoint under /api/v1/, from the URL configuration."""
    for prefix, entry in _walk(get_resolver()):
        view = getattr(entry.callback, "cls", None)
        if prefix.startswith("api/v1/") and not entry.name.endswith("-slash") and view:
            address = prefix.removeprefix("api/v1")
            for kind in ("uuid", "slug", "str", "int"):
                while f"<{kind}:" in address:
                    start = address.index(f"<{kind}:")
                    end = address.index(">", start) + 1
                    value = {"uuid": str(uuid4()), "int": "2026"}.get(kind, "UNKNOWN")
                    address = address[:start] + value + address[end:]
            yield entry.name, address, sorted(view.needs)


def _walk(resolver, prefix=""):
    for entry in resolver.url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, address)
        elif isinstance(entry, URLPattern):
            yield address, entry


def caller_of(cast, role, scope):
    if role == "nobody":
        return Caller()
    if role in ACCOUNTS:
        return Caller(account=getattr(cast, ACCOUNTS[role]))
    return system(scope) if role == "system" and scope else system("courses:read")


def test_every_endpoint_is_in_the_table():
    named = {(name, method) for name, _address, methods in endpoints() for method in methods}
    listed = {(name, "GET") for name in READS} | {(name, "POST") for name in COMMANDS}

    assert named == listed


@pytest.mark.parametrize("role", ROLES)
def test_every_endpoint_answers_each_role(cast, role):
    wrong = {}
    for name, address, methods in endpoints():
        for method in methods:
            table, scopes = (READS, SCOPES) if method == "GET" else (COMMANDS, SCOPES | WRITES)
            caller = caller_of(cast, role, scopes.get(name))
            answer = caller.get(address) if method == "GET" else caller.post(address)
            if answer.status_code != table[name][role]:
                wrong[f"{method} {address}"] = (answer.status_code, "not", table[name][role])

    assert wrong == {}
