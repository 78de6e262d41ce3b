"""Schemathesis over the whole schema, as every role and every kind of system."""

import pytest
from django.conf import settings as django_settings

from academy.clients import projections
from academy.clients.scopes import SCOPES, taking_part
from tests.access.test_every_url import ACCOUNTS
from tests.api.calls import Caller, system
from tests.browser.stage import Stage
from tests.judges.schemathesis import Identity, judge
from tests.judges.world import ids_of
from tests.web_process import web_process

pytestmark = [
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(1_800),
]

EXAMPLES = "6"  # of each operation in each phase, beside those of the schema and of its bounds
TOKEN = "a" * 32  # as Django's own: the cookie and the header must be alike
ENVIRONMENT = {
    "CLIENT_WRITES_PER_MINUTE": "0",
    "CLIENT_READS_PER_MINUTE": "0",
    "ACCOUNT_WRITES_PER_MINUTE": "0",
    "SECOND_FACTOR_REQUIRED": "0",
}


@pytest.fixture(scope="module")
def port(django_db_setup, django_db_blocker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("web")
    with web_process(folder, EXPORTS_ROOT=str(folder), **ENVIRONMENT) as port:
        yield port


@pytest.fixture
def stage(transactional_db):
    return Stage()


def browser_of(account):
    """A signed-in browser; its changing calls carry the token against forgery.

    The token's cookie rides behind the session's, so that a call without the one lacks both.
    """
    session = Caller(account=account).http.cookies[django_settings.SESSION_COOKIE_NAME].value
    key = {"api_key": f"{session}; csrftoken={TOKEN}"}
    return Identity({"X-CSRFToken": TOKEN}, "session", key)


def machine_of(projection):
    """A system with every scope that its projection may have."""
    shut = taking_part(SCOPES) if projection == projections.EVALUATOR else []
    caller = system(*sorted(set(SCOPES) - set(shut)), projection=projection)
    bearer = caller.headers["Authorization"].removeprefix("Bearer ")
    return Identity({}, "oauth2", {"bearer": bearer})


def verdict_of(who, stage, port, folder, record_property, **options):
    verdict = judge(port, who, folder, known=ids_of(stage), max_examples=EXAMPLES, **options)
    record_property("calls", verdict.calls)
    assert verdict.findings == [], verdict.said
    assert verdict.calls > 1_000


def test_nobody_finds_an_answer_that_the_schema_does_not_name(
    stage, port, tmp_path, record_property
):
    verdict_of(Identity({}), stage, port, tmp_path, record_property, seed="1")


@pytest.mark.parametrize("role", sorted(ACCOUNTS))
def test_no_role_finds_an_answer_that_the_schema_does_not_name(
    stage, port, tmp_path, record_property, role
):
    who = browser_of(getattr(stage.cast, ACCOUNTS[role]))
    verdict_of(who, stage, port, tmp_path, record_property, seed="2")


@pytest.mark.parametrize("projection", projections.names())
def test_no_system_finds_an_answer_that_the_schema_does_not_name(
    stage, port, tmp_path, record_property, projection
):
    verdict_of(machine_of(projection), stage, port, tmp_path, record_property, seed="3")
