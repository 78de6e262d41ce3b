import yaml
from django.core.management import call_command
from openapi_spec_validator import validate

from academy.management.commands.api_schema import FILE
from academy.rest.docs import build_schema


def operations():
    for path, methods in build_schema()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_the_schema_is_valid_openapi():
    validate(build_schema())


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


def test_no_identification_number_is_described():
    assert "iin" not in str(build_schema()["components"]).lower().split()
