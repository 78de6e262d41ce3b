"""Schemathesis as its own process against our own server: how it is told who calls, what it found.

It reads the committed schema, draws right and wrong calls for every operation, follows ids
from answers into further calls, and compares every answer with what the schema says.
"""

import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from academy.config.state import ROOT
from tests.judges.environment import program

CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance", "negative_data_rejection"),
    *("missing_required_header", "unsupported_method", "allow_header_conformance"),
    *("use_after_free", "ensure_resource_availability"),
)
"""All but two: a call that fits its schema may still be refused, for the institution says no; and
the call that should lack the token keeps the one that the settings add (who calls without one is
in `tests/access/test_every_url.py`)."""

SCHEMA = ROOT / "docs/openapi.yaml"
PATIENCE = "30"  # seconds for an answer
PHASES = "examples,coverage,fuzzing,stateful"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who calls: the headers of each call, and the secret of a scheme of the schema."""

    headers: Mapping[str, str]
    scheme: str = ""
    secret: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What Schemathesis says: how many calls it made, and what it has against the answers."""

    calls: int
    findings: list[str]
    said: str


def judge(
    port: int, who: Identity, folder: Path, *, known: Mapping[str, Iterable[str]], **options: str
) -> Verdict:
    """Run it once, with ids of things that exist under the names of the schema."""
    config, report = folder / "schemathesis.toml", folder / "report.json"
    config.write_text(_config(who, known), encoding="utf-8")
    command = [program("schemathesis"), "--config-file", str(config), "run"]
    command += [str(SCHEMA), "--url", f"http://127.0.0.1:{port}", "--checks", ",".join(CHECKS)]
    command += ["--phases", PHASES, "--continue-on-failure", "--suppress-health-check", "all"]
    command += [
        "--request-timeout",
        PATIENCE,
        "--warnings",
        "off",
        "--output-truncate",
        "false",
        "--report",
        "json",
    ]
    command += ["--report-json-path", str(report)]
    for name, value in options.items():
        command += [f"--{name.replace('_', '-')}", value]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert report.exists(), done.stdout[-3000:] + done.stderr[-3000:]
    return _verdict(json.loads(report.read_text(encoding="utf-8")), done.stdout)


# Its own list lacks two of ours: what is refused for another reason than the fault that it drew.
REFUSED = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 428, 429]


def _config(who: Identity, known: Mapping[str, Iterable[str]]) -> str:
    """Its settings, as TOML; JSON's strings, lists and numbers are TOML, too."""
    lines = ["[headers]", *_pairs(who.headers)]
    lines += ["[checks.negative_data_rejection]", f"expected-statuses = {REFUSED}"]
    if who.secret:
        lines += [f"[auth.openapi.{who.scheme}]", *_pairs(who.secret)]
    for name, values in known.items():
        lines += [f"[dictionaries.{name}]", f"values = {json.dumps(list(values))}"]
    # Whoever waits for news may be held for a minute; here nobody has that long.
    lines += ["[parameters]", '"query.wait" = 0']
    lines += [f'"path.{name}" = {{ dictionary = "{name}", probability = 0.7 }}' for name in known]
    return "\n".join(lines)


def _pairs(found: Mapping[str, str]) -> list[str]:
    return [f"{json.dumps(name)} = {json.dumps(value)}" for name, value in found.items()]


def _verdict(report: dict[str, Any], said: str) -> Verdict:
    found = [
        f"{one['code']} {one['title']}: {', '.join(one['operations'])}"
        for one in report["failures"]
    ]
    found += [one["title"] for one in report["errors"]]
    if not report["complete"]:
        found.append(f"stopped: {report['stop_reason']}")
    return Verdict(report["test_cases"]["generated"], found, said)
