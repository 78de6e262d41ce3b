import re
from functools import cache

import pytest
import yaml
from django.core.management import call_command
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from openapi_spec_validator import validate

from academy.management.commands.api_schema import FILE
from academy.rest.docs import build_schema

pytestmark = pytest.mark.xdist_group("schema")  # one worker builds it
schema = cache(build_schema)


def operations():
    for path, methods in schema()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_the_schema_is_valid_openapi():
    validate(schema())


def test_the_committed_schema_is_the_present_one():
    """Also fails on any warning of the generator."""
    call_command("api_schema", check=True)
    assert yaml.safe_load(FILE.read_text("utf-8"))["openapi"] == "3.1.1"


def test_every_operation_names_its_errors_and_its_scope():
    for name, operation in operations():
        codes = set(operation["responses"])
        assert {"422", "429", "500", "503"} <= codes, name
        assert operation.get("security") is not None, name
        if name.startswith("POST"):
            headers = {parameter["name"] for parameter in operation["parameters"]}
            assert "Idempotency-Key" in headers, name
            assert {"400", "401", "403", "409", "415"} <= codes, name


def bodies(operation):
    """Everything that is sent or answered, with its media type."""
    for body in (operation.get("requestBody", {}), *operation["responses"].values()):
        yield from body.get("content", {}).items()


def test_every_body_has_an_example_that_fits_its_shape():
    document = schema()
    shapes, wrong = document["components"]["schemas"], []
    for name, operation in operations():
        for kind, body in bodies(operation):
            assert body.get("examples"), (name, kind)
            checker = Draft202012Validator({"components": {"schemas": shapes}, **body["schema"]})
            for example in body["examples"].values():
                wrong += [(name, error.message) for error in checker.iter_errors(example["value"])]

    assert wrong == []


def test_what_a_linter_would_ask_for():
    """The rules of Spectral and Redocly that matter to who generates a client."""
    document = schema()
    tags, seen = {tag["name"] for tag in document["tags"]}, []
    assert {"description", "contact", "license"} <= set(document["info"])
    assert document["servers"]
    for name, operation in operations():
        assert set(operation["tags"]) <= tags, name
        assert operation["summary"], name
        assert all(answer["description"] for answer in operation["responses"].values()), name
        assert "X-Request-Id" in operation["responses"]["500"]["headers"], name
        in_path = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", name)), name
        seen.append(operation["operationId"])
    assert len(seen) == len(set(seen))


def test_every_shape_is_used_and_there():
    text = str(schema())
    named = set(re.findall(r"#/components/schemas/(\w+)", text))

    assert named == set(schema()["components"]["schemas"])


def test_no_identification_number_is_described():
    assert "iin" not in str(schema()["components"]).lower().split()
