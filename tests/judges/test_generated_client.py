"""A Python client generated from the committed schema does a consumer's main job."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from academy.clients.actions import add_client
from academy.ledger import actions as ledger
from enrollment.seats.models import Enrollment
from tests import factories
from tests.judges.environment import program
from tests.judges.schemathesis import SCHEMA
from tests.web_process import web_process

pytestmark = [
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(600),
]

CONSUMER = Path(__file__).with_name("generated_consumer.py")
SCOPES = ["courses:read", "enrollments:read", "enrollments:write", "events:read"]


@pytest.fixture
def generated(tmp_path):
    """The folder with the client, which its generator made without a complaint."""
    generator = program("openapi-python-client")
    command = [generator, "generate", "--path", str(SCHEMA), "--meta", "none"]
    command += ["--output-path", str(tmp_path / "training_client"), "--fail-on-warning"]
    path = f"{Path(generator).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return tmp_path


def test_a_generated_client_finds_a_course_enrols_and_reads_what_happened(
    generated, tmp_path, settings, record_property
):
    settings.PASSWORD_HASHERS = ["tests.browser.stage.QuickArgon2"]  # the server knows Argon2 only
    cast = factories.Cast()
    run = factories.run(trainer=cast.timur)
    pair = add_client(name="generated", scopes=SCOPES, projection="full", actor=factories.ACTOR)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(generated),
        "CLIENT_ID": pair.client_id,
        "CLIENT_SECRET": pair.client_secret,
    }
    ledger.sequence_all()

    with web_process(tmp_path) as port:
        address = f"http://127.0.0.1:{port}"
        script = [program("python"), str(CONSUMER), address]
        done = subprocess.run(
            [*script, str(cast.asel.public_id)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    claim = Enrollment.objects.get()
    assert (claim.run_id, claim.person_id) == (run.pk, cast.asel.pk)
    assert told["courses"] == [run.course.code]
    assert told["statuses"] == [201, 201]
    assert told["enrollment"] == told["again"] == str(claim.public_id)
    assert told["state"] == claim.state == "confirmed"
    assert told["refusal"] == "already_enrolled"
    assert told["count"] == told["checksum"] > 0
    record_property("calls", 8)
