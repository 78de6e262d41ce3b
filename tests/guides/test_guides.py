"""Every guide for a connected system, read from its page and run as it stands there."""

import os
import re
import shlex
import shutil
import subprocess

import pytest
from django.conf import settings

from academy.clients.actions import add_client
from academy.ledger import actions as ledger
from academy.rest.authentication import forget_tokens
from tests import factories
from tests.enrollment.stage import ask

SHELL = shutil.which("bash") or ""
GUIDES = sorted((settings.BASE_DIR / "docs/systems").glob("*.md"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ENDS_BADLY = re.compile(
    r'"status":\s*5\d\d|"code":\s*"(not_authenticated|forbidden|malformed_json)"'
)


def blocks(guide, kind):
    return [text for found, text in BLOCK.findall(guide.read_text("utf-8")) if found == kind]


def key_of(guide):
    """The key that the guide asks for by `make manage DO="client add ..."`."""
    _make, _manage, do = shlex.split(blocks(guide, "console")[0])
    _client, _add, name, *options = shlex.split(do.removeprefix("DO="))
    scopes = options[options.index("--scope") + 1 : options.index("--projection")]
    return add_client(name=name, scopes=scopes, projection=options[-1], actor=factories.ACTOR)


@pytest.fixture
def world(cast):
    """A little of everything that the guides read."""
    forget_tokens()
    ask(factories.run(trainer=cast.timur), cast.asel)
    ledger.sequence_all()


def test_there_is_a_guide_for_each_kind_of_system():
    names = {guide.stem for guide in GUIDES}

    assert names >= {"hr", "evaluation", "statistics", "case-listing", "lms"}


@pytest.mark.skipif(not (SHELL and shutil.which("curl")), reason="needs bash and curl")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_a_guide_runs_as_it_stands(world, live_server, tmp_path, guide):
    pair = key_of(guide)
    script = "set -euo pipefail\n" + "\necho\n".join(blocks(guide, "sh"))
    keys = {"CLIENT_ID": pair.client_id, "CLIENT_SECRET": pair.client_secret}

    done = subprocess.run(
        [SHELL, "-c", script],
        env={**os.environ, **keys, "API": live_server.url},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert not ENDS_BADLY.search(done.stdout), done.stdout
    assert len(blocks(guide, "sh")) >= 4
