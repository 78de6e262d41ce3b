"""What differs between two schemas, and which differences let somebody down."""

import json
from copy import deepcopy

import pytest
from django.core.management import CommandError, call_command

from academy.management.commands import api_changes
from academy.rest.promises import changes, promises_of, read

SCHEMA = {
    "paths": {
        "/things": {
            "post": {
                "security": [{"session": []}, {"oauth2": ["things:write"]}],
                "parameters": [
                    {"in": "header", "name": "Idempotency-Key", "schema": {"type": "string"}}
                ],
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/In"}}}
                },
                "responses": {
                    "201": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Out"}}
                        }
                    },
                    "409": {"content": {}},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "In": {
                "type": "object",
                "properties": {
                    "colour": {"type": "string", "enum": ["red", "green", ""]},
                    "note": {"type": ["string", "null"]},
                },
                "required": ["colour"],
            },
            "Out": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
                },
                "required": ["id"],
            },
            "Part": {
                "type": "object",
                "properties": {
                    "state": {"oneOf": [{"enum": ["new"], "type": "string"}, {"type": "null"}]}
                },
            },
        }
    },
}
POST = "`POST /things`"


def after(edit):
    """The changes that an edit of the schema makes."""
    edited = deepcopy(SCHEMA)
    edit(edited["paths"]["/things"]["post"], edited["components"]["schemas"], edited["paths"])
    return [
        (one.sentence, one.is_breaking) for one in changes(promises_of(SCHEMA), promises_of(edited))
    ]


def put(where, **values):
    where.update(values)


HARMLESS = {
    "nothing": (lambda post, shapes, paths: None, []),
    "an operation is added": (
        lambda post, shapes, paths: put(paths["/things"], get={"responses": {"200": {}}}),
        ["Added: `GET /things`."],
    ),
    "a parameter that may be left out is added": (
        lambda post, shapes, paths: post["parameters"].append(
            {"in": "query", "name": "dry", "schema": {"type": "boolean"}}
        ),
        [f"Added: {POST} asks `query dry`."],
    ),
    "a field is added to an answer": (
        lambda post, shapes, paths: put(shapes["Out"]["properties"], name={"type": "string"}),
        [f"Added: {POST} answers `201 body.name`."],
    ),
    "another word is taken": (
        lambda post, shapes, paths: shapes["In"]["properties"]["colour"]["enum"].append("blue"),
        [f"Changed: {POST} sends `body.colour`: with blue."],
    ),
    "a field need not be sent any more": (
        lambda post, shapes, paths: put(shapes["In"], required=[]),
        [f"Changed: {POST} sends `body.colour`: may be missing."],
    ),
    "an answer always has a field": (
        lambda post, shapes, paths: shapes["Out"]["required"].append("parts"),
        [f"Changed: {POST} answers `201 body.parts`: needed or always there."],
    ),
    "an operation is announced to go": (
        lambda post, shapes, paths: put(post, deprecated=True),
        [f"Changed: {POST}: current is now deprecated."],
    ),
}
BREAKING = {
    "an operation is gone": (
        lambda post, shapes, paths: paths.pop("/things"),
        [f"Removed: {POST}."],
    ),
    "a scope is not enough any more": (
        lambda post, shapes, paths: put(post, security=[{"session": []}]),
        [f"Changed: {POST}: without oauth2:things:write."],
    ),
    "a parameter has to be sent": (
        lambda post, shapes, paths: put(post["parameters"][0], required=True),
        [f"Changed: {POST} asks `header Idempotency-Key`: needed or always there."],
    ),
    "a new field has to be sent": (
        lambda post, shapes, paths: put(
            shapes["In"],
            properties=shapes["In"]["properties"] | {"size": {"type": "integer"}},
            required=["colour", "size"],
        ),
        [f"Added: {POST} sends `body.size`, needed."],
    ),
    "a word is not taken any more": (
        lambda post, shapes, paths: shapes["In"]["properties"]["colour"]["enum"].remove("red"),
        [f"Changed: {POST} sends `body.colour`: without red."],
    ),
    "nothing is not taken any more": (
        lambda post, shapes, paths: put(shapes["In"]["properties"]["note"], type="string"),
        [f"Changed: {POST} sends `body.note`: null or string is now string."],
    ),
    "a field of an answer is gone": (
        lambda post, shapes, paths: shapes["Part"]["properties"].pop("state"),
        [f"Removed: {POST} answers `201 body.parts[].state`."],
    ),
    "a field of an answer may be missing": (
        lambda post, shapes, paths: put(shapes["Out"], required=[]),
        [f"Changed: {POST} answers `201 body.id`: may be missing."],
    ),
    "an answer says a new word": (
        lambda post, shapes, paths: shapes["Part"]["properties"]["state"]["oneOf"][0][
            "enum"
        ].append("old"),
        [f"Changed: {POST} answers `201 body.parts[].state`: with old."],
    ),
    "an answer may say nothing": (
        lambda post, shapes, paths: put(shapes["Out"]["properties"]["id"], type=["null", "string"]),
        [f"Changed: {POST} answers `201 body.id`: string is now null or string."],
    ),
}


@pytest.mark.parametrize("case", HARMLESS)
def test_what_adds_breaks_nothing(case):
    edit, sentences = HARMLESS[case]

    assert after(edit) == [(sentence, False) for sentence in sentences]


@pytest.mark.parametrize("case", BREAKING)
def test_what_takes_away_breaks_a_promise(case):
    edit, sentences = BREAKING[case]

    assert after(edit) == [(sentence, True) for sentence in sentences]


def test_what_was_announced_may_go():
    announced = deepcopy(SCHEMA)
    announced["paths"]["/things"]["post"]["deprecated"] = True
    gone = SCHEMA | {"paths": {}}

    found = changes(promises_of(announced), promises_of(gone))

    assert [(one.sentence, one.is_breaking) for one in found] == [(f"Removed: {POST}.", False)]


def test_a_promise_is_read_from_its_line():
    promises = api_changes.promises_in()

    assert [read(one.line()) for one in promises] == promises
    assert len({one.key for one in promises}) == len(promises) > 1_000


@pytest.fixture
def promised(tmp_path, monkeypatch):
    """Of a small schema, and of an operation that it does not have any more."""
    files = {name: tmp_path / name for name in ("SCHEMA", "PROMISED", "LOG")}
    for name, path in files.items():
        monkeypatch.setattr(api_changes, name, path)
    files["SCHEMA"].write_text(json.dumps(SCHEMA))
    files["LOG"].write_text(f"# Changes\n\n{api_changes.ENTRIES}")
    lines = [one.line() for one in promises_of(SCHEMA)]
    files["PROMISED"].write_text("\n".join([*lines, "GET /oracle | is |  | current | always |"]))
    return files["PROMISED"]


def test_a_broken_promise_is_refused_until_it_is_written_down(promised, capsys):
    before = api_changes.LOG.read_text(), promised.read_text()

    for options in (["--check"], ["--record"]):
        with pytest.raises(CommandError, match="1 promises"):
            call_command("api_changes", *options)
    assert (api_changes.LOG.read_text(), promised.read_text()) == before

    call_command("api_changes", "--record", "--because", "The oracle has fallen silent.")
    call_command("api_changes", "--check")

    entry = "The oracle has fallen silent.\n\n- **Breaking.** Removed: `GET /oracle`.\n"
    assert api_changes.LOG.read_text().endswith(entry)
    assert "oracle" not in promised.read_text()
    assert "BREAKING  Removed: `GET /oracle`." in capsys.readouterr().out


def test_what_is_committed_breaks_no_promise():
    call_command("api_changes", "--check")
