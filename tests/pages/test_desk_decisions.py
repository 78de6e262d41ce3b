"""Those who decide: the inbox with what decides, one answer to many, deputies."""

from datetime import timedelta

import pytest

from academy.access.models import Deputy
from academy.core import clock
from courses.planning.enums import EnrollmentMode
from enrollment.decisions.models import Decision
from enrollment.requests import actions
from enrollment.seats.models import Enrollment
from tests import factories
from tests.enrollment.stage import ask, sight
from tests.pages.test_desk_nominations import owes

INBOX, DEPUTIES = "/desk/decisions/", "/desk/deputies/"


@pytest.fixture
def consents(cast):
    """Three people of the court ask for one run by consent."""
    run = factories.run(seats=2, mode=EnrollmentMode.APPROVAL)
    people = [cast.asel, *factories.people(2, cast.court)]
    return [ask(run, person).decisions.get() for person in people]


def text(response):
    return " ".join(response.content.decode().split())


def chosen(*decisions):
    return [str(decision.public_id) for decision in decisions]


def test_the_inbox_says_what_decides(cast, consents, browser):
    other_title = "Evidence in the electronic file"
    ask(factories.run(of=factories.course(title=other_title)), cast.asel)
    elsewhen = factories.run(mode=EnrollmentMode.APPROVAL, starts_in=timedelta(days=60))
    refused = ask(elsewhen, cast.asel).decisions.get()
    actions.decide(
        decision=refused.public_id, yes=False, reason="x", account=None, actor=factories.ACTOR
    )

    owes(cast.asel, 6)

    page = text(browser(cast.boris_account).get(INBOX))

    assert "3 requests wait for your answer." in page
    assert "<li> judge </li>" in page
    assert "No training on record here" in page
    assert "1 earlier request not approved" in page
    assert f"Holds a seat at the same time:</strong> {other_title}" in page
    assert "2 seats left for this person" in page
    assert "Still owes: Yearly training – academic hours: 6" in page
    assert "Without an answer by then the request ends." in page


def test_the_inbox_takes_the_same_few_statements_at_any_length(cast, consents, browser, statements):
    short = len(statements(browser(cast.boris_account), INBOX))
    for person in factories.people(8, cast.court):
        ask(consents[0].enrollment.run, person)

    assert len(statements(browser(cast.boris_account), INBOX)) == short <= 6


def test_those_ticked_get_one_answer_and_the_page_says_what_came_of_each(cast, consents, browser):
    head = browser(cast.boris_account)
    actions.withdraw(enrollment=consents[1].enrollment.public_id, actor=factories.ACTOR)

    page = text(head.post(INBOX, {"chosen": chosen(*consents[:2]), "answer": "yes"}))

    assert "1 of 2 recorded." in page
    assert "This decision has already been made." in page
    states = Enrollment.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["confirmed", "withdrawn", "requested"]
    assert Decision.objects.get(state="yes").decided_by == cast.boris_account


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"answer": "no"}, "Please say why."),
        ({"answer": ""}, "This field is required."),
        ({"answer": "yes", "chosen": []}, "Tick at least one request."),
    ],
)
def test_an_unfinished_answer_is_asked_again_and_nothing_ticked_is_lost(
    cast, consents, browser, sent, said
):
    before = sight()
    ticked = {"chosen": chosen(consents[0]), "note": "as agreed"} | sent

    page = text(browser(cast.boris_account).post(INBOX, ticked))

    assert said in page
    assert "as agreed" in page
    assert page.count("checked") == len(ticked["chosen"]) + (ticked["answer"] != "")
    assert sight() == before


def test_another_courts_requests_are_not_answered(cast, consents, browser):
    factories.RoleGrant.objects.create(account=cast.dana_account, role="registrar")
    before = sight()

    page = text(
        browser(cast.dana_account).post(
            INBOX, {"chosen": chosen(*consents), "answer": "no", "reason": "other"}
        )
    )

    assert "None of these requests waits for you any more." in page
    assert sight() == before


def test_one_run_is_looked_at_alone_and_all_are_ticked(cast, consents, browser):
    ask(factories.run(mode=EnrollmentMode.APPROVAL, starts_in=timedelta(days=60)), cast.asel)
    run = consents[0].enrollment.run

    page = text(browser(cast.boris_account).get(f"{INBOX}?run={run.public_id}&all=1"))

    assert f"{run.code} (3)" in page
    assert page.count('name="chosen"') == page.count("checked") == 3


def test_a_head_names_a_deputy_who_decides_in_the_heads_place(cast, consents, browser):
    today = clock.now().date()
    sent = {"deputy": cast.kenzhe.public_id, "first": today, "last": today + timedelta(days=5)}
    head, kenzhe = browser(cast.boris_account), browser(cast.kenzhe_account)
    assert kenzhe.get(INBOX).status_code == 404

    page = text(head.post(DEPUTIES, sent, follow=True))
    assert cast.kenzhe.full_name in page
    at_decision = f"{INBOX}{consents[0].public_id}/"
    assert f"in the place of {cast.boris.full_name}" in text(kenzhe.get(at_decision))
    kenzhe.post(at_decision, {"answer": "no", "reason": "hearing"})

    row = Decision.objects.get(pk=consents[0].pk)
    assert (row.state, row.behalf_of) == ("no", cast.boris)
    both = f"{cast.kenzhe.full_name} in the place of {cast.boris.full_name}"
    assert both in text(kenzhe.get(at_decision))
    mine = f"/enrollments/{row.enrollment.public_id}/"
    assert both in text(browser(cast.asel_account).get(mine))
    assert kenzhe.get(DEPUTIES).status_code == 404  # a deputy names no deputy


def test_a_deputy_is_ended_and_sees_nothing_more(cast, consents, browser):
    today = clock.now().date()
    head = browser(cast.boris_account)
    head.post(DEPUTIES, {"deputy": cast.kenzhe.public_id, "first": today, "last": today})
    row = Deputy.objects.get()
    assert browser(cast.kenzhe_account).get(INBOX).status_code == 200
    stranger = browser(cast.kenzhe_account).post(f"{DEPUTIES}{row.public_id}/end/")
    assert stranger.status_code == 404

    page = text(head.post(f"{DEPUTIES}{row.public_id}/end/", follow=True))

    assert "Nobody decides in your place" in page
    assert browser(cast.kenzhe_account).get(INBOX).status_code == 404


def test_wrong_days_are_said_beside_the_form_and_nothing_is_lost(cast, browser):
    today = clock.now().date()
    sent = {"deputy": cast.kenzhe.public_id, "first": today, "last": today - timedelta(days=1)}

    page = text(browser(cast.boris_account).post(DEPUTIES, sent))

    assert "The last day comes before the first." in page
    assert f'value="{today - timedelta(days=1)}"' in page
    assert not Deputy.objects.exists()
