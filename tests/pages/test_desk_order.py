"""The order of service through the pages: rules, a run's own rules, the list, a selection."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from academy.core import clock
from courses.planning.enums import EnrollmentMode
from courses.planning.models import Run
from enrollment.decisions.models import StepRule
from enrollment.requests import actions, rule_actions
from enrollment.requests.rule_actions import PrioritySeed
from enrollment.seats.enums import PriorityKind
from enrollment.seats.models import Enrollment, PriorityRule
from tests import factories
from tests.enrollment.stage import ask, fill, last_event, sight, states
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db(transaction=True)


def url(name, **kwargs):
    return reverse(f"enrollment:{name}", kwargs=kwargs or None)


def text_of(response):
    return " ".join(re.sub("<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture(autouse=True)
def never_served():
    names = {"kk": "Жаңа", "ru": "Новый", "en": "Never served before"}
    rule_actions.install_priority_rules(
        [PrioritySeed("never-served", names, PriorityKind.NEVER_SERVED, 1)]
    )


def test_the_person_reads_place_class_and_reasons_and_every_look(cast, browser):
    run = factories.run(seats=1)
    (holder,) = fill(run, 1)
    client = browser(cast.asel_account)
    client.post(url("enroll", run=run.public_id), {"key": "k", "short_notice": "1"})
    mine = Enrollment.objects.get(person=cast.asel)
    ask(factories.run(), cast.asel)  # sits elsewhere at the same hours
    actions.withdraw(enrollment=holder.public_id, actor=ACTOR)

    page = text_of(client.get(url("enrollment", enrollment=mine.public_id)))

    assert (mine.short_notice, mine.auto_accept) == (True, False)
    assert "You are number 1 on the waiting list." in page
    assert "You are in priority class 4" in page
    assert "Never served before" in page
    assert "You said that a seat at short notice is fine." in page
    assert "you hold a seat in another run at the same time. Your place stays." in page


def test_a_rule_is_changed_for_all_to_read_and_the_change_is_kept(cast, browser):
    client = browser(cast.clara_account)
    waiting = ask(factories.run(seats=0), cast.asel)

    sent = {"never-served-step": "3"}
    changed = client.post(url("priority-change", code="never-served"), sent)
    again = client.post(url("priority-change", code="never-served"), sent)

    assert (changed.status_code, again.status_code) == (303, 303)
    rule = PriorityRule.objects.get()
    assert (rule.step, rule.is_active) == (3, False)
    waiting.refresh_from_db()
    assert waiting.priority_class == 4
    public = text_of(browser().get(url("priority-published")))
    assert "Not in force at present Never served before" in public
    assert public.count("classes ahead: 3 instead of 1") == 1  # the same once more is no change
    assert "clara" not in public
    assert "clara" in text_of(client.get(url("priority")))


def test_a_weight_beyond_all_classes_is_asked_for_again_and_changes_nothing(cast, browser):
    before = sight()

    answer = browser(cast.clara_account).post(
        url("priority-change", code="never-served"), {"never-served-step": "9"}
    )

    assert answer.status_code == 422
    assert 'value="9"' in answer.text
    assert sight() == before
    assert PriorityRule.objects.get().step == 1


def test_the_registrar_gives_a_seat_past_the_queue_and_says_why(cast, browser):
    run = factories.run(seats=2)
    fill(run, 2)
    first, second = ask(run), ask(run, cast.asel)
    Run.objects.filter(pk=run.pk).update(state="postponed")  # so that nobody is promoted below
    actions.withdraw(enrollment=Enrollment.objects.earliest("pk").public_id, actor=ACTOR)
    Run.objects.filter(pk=run.pk).update(state="published")
    client = browser(cast.clara_account)
    address = url("out-of-order", enrollment=second.public_id)
    asked = text_of(client.get(address))
    assert f"1 person {first.person.full_name}" in asked

    without = client.post(address, {"reason": ""})
    assert (without.status_code, states(second)) == (200, ["waitlisted"])
    given = client.post(address, {"reason": "mission"})

    assert given.status_code == 303
    assert states(first, second) == ["waitlisted", "offered"]
    second.refresh_from_db()
    event = last_event(second)
    assert (second.out_of_order, event.reason, event.data["out_of_order"]) == (
        True,
        "mission",
        True,
    )


def test_no_seat_is_given_past_the_queue_where_none_is_free(cast, browser):
    waiting = ask(factories.run(seats=0), cast.asel)
    before = sight()

    browser(cast.clara_account).post(
        url("out-of-order", enrollment=waiting.public_id), {"reason": "mission"}
    )

    assert (sight(), states(waiting)) == (before, ["waitlisted"])


def test_steps_and_queue_of_a_run_are_set_for_who_asks_next(cast, browser):
    run = factories.run()
    client = browser(cast.clara_account)
    assert client.get(url("run-rules", run=run.public_id)).status_code == 200
    steps = [("opinion", "15", "refuse"), ("ruling", "10", "approve"), ("", "", ""), ("", "", "")]
    sent = {"steps-TOTAL_FORMS": "4", "steps-INITIAL_FORMS": "4"}
    for place, values in enumerate(steps):
        sent |= {
            f"steps-{place}-{name}": value
            for name, value in zip(("kind", "days", "silence"), values, strict=True)
        }
    policy = {"offer_hours": "6", "short_notice_hours": "48", "lapse_policy": "keep"}
    sent |= {f"policy-{name}": value for name, value in policy.items()}

    answer = client.post(url("run-rules", run=run.public_id), sent)

    assert answer.status_code == 303
    run.refresh_from_db()
    kept = list(StepRule.objects.values_list("kind", "decider", "days", "silence"))
    assert kept == [("opinion", "head", 15, "lapse"), ("ruling", "academy", 10, "approve")]
    assert (run.offer_hours, run.short_notice_hours, run.lapse_policy) == (6, 48, "keep")


def test_a_selection_is_shown_before_it_is_made(cast, browser):
    run = factories.run(seats=1, mode=EnrollmentMode.SELECTION)
    asked = fill(run, 2)
    client = browser(cast.clara_account)
    address = url("run-selection", run=run.public_id)
    early = client.post(address, {"seed": "7"})
    assert "Make the selection" not in text_of(early)
    Run.objects.filter(pk=run.pk).update(enrollment_closes_at=clock.now() - timedelta(minutes=1))
    before = sight()

    shown = text_of(client.post(address, {"seed": "7"}))
    assert "Make the selection" in shown
    assert "gets a seat" in shown
    assert "no seat left: others come first by the rules" in shown
    assert sight() == before
    assert client.post(address, {"seed": "7", "do": "1"}).status_code == 303

    assert sorted(states(*asked)) == ["confirmed", "waitlisted"]
    listed = text_of(client.get(url("run-queue", run=run.public_id)))
    assert "no seat left" in listed
    assert "the selection was made" in listed
