"""A run that was to go ahead loses too many people: the registrar is told, once for each time."""

import pytest

from academy.access.enums import Role
from academy.core import clock
from academy.ledger import delivery as ledger
from academy.messages import delivery
from academy.messages.models import Message
from courses.planning.models import Run
from enrollment.requests import actions as requests, go_no_go, run_actions
from tests import factories
from tests.enrollment.requests.test_go_no_go import thin_run
from tests.enrollment.stage import HOUR, fill
from tests.factories import ACTOR
from tests.post_office import texts_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told(monkeypatch, post_office):
    """What the registrar was told of falls, after the workers have read and delivered."""
    clara = factories.person()
    factories.account(of=clara, role=Role.REGISTRAR)

    def tell(at=None):
        if at:
            monkeypatch.setattr(clock, "now", lambda: at)
        ledger.advance()
        delivery.deliver()
        rows = Message.objects.filter(person=clara, kind="run.fell_short").order_by("id")
        return list(rows.values_list("state", "outcome"))

    return tell


def leave(*enrollments):
    for one in enrollments:
        requests.withdraw(enrollment=one.public_id, actor=ACTOR)


def test_after_the_date_the_registrar_is_told_once_for_each_fall(told, post_office):
    run = thin_run()
    first, second, third, _fourth = fill(run, 4)
    told(run.decide_by + HOUR)
    go_no_go.judge_sizes()
    leave(first)
    assert told() == []  # three are enough

    leave(second)
    assert told() == [("sent", "")]
    assert "2 of the 3 participants" in texts_of(post_office.mails[-1])[0]
    leave(third)
    assert told() == [("sent", "")]  # the same fall

    again = fill(run, 2)
    assert told() == [("sent", "")]
    leave(again[0])
    assert told() == [("sent", "")] * 2


def test_a_fall_that_is_over_or_too_late_is_not_told(told):
    run = thin_run()
    first, second, _third = fill(run, 3)
    told(run.decide_by + HOUR)
    go_no_go.judge_sizes()
    leave(first)
    ledger.advance()
    fill(run, 1)
    assert told() == [("dropped", "minimum_reached")]

    leave(second)
    ledger.advance()
    Run.objects.update(starts_at=clock.now() + HOUR)
    assert told(clock.now() + HOUR)[1:] == [("dropped", "run_began")]


def test_what_never_had_enough_or_is_still_to_be_judged_has_no_fall(told):
    knowingly, early = thin_run(), thin_run()
    run_actions.go_ahead(run=knowingly.public_id, actor=ACTOR)
    few, three = fill(knowingly, 2), fill(early, 3)
    leave(three[0])  # before the date: its reminder tells
    ledger.advance()
    told(knowingly.decide_by + HOUR)
    leave(few[0])

    assert told() == []
