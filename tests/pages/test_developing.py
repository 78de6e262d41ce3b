"""Bodies develop a course at the desk: from the first words to the catalogue, or back."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from academy.core import clock
from academy.ledger.models import Event
from courses.catalogue.models import Course
from courses.development.enums import Verdict
from courses.development.models import Comment, Proposal, ReviewStep, RouteStep
from courses.planning.models import Run
from tests import factories
from tests.courses.development.stage import FULL, WORDS, Bodies

RUSSIAN = replace(
    FULL,
    texts={section: {"ru": words["ru"]} for section, words in WORDS.items()},
    languages=("ru",),
)

pytestmark = pytest.mark.django_db(transaction=True)


def url(name, **ids):
    return reverse(f"enrollment:{name}", kwargs=ids)


def at(row, name="proposal"):
    return url(name, proposal=row.public_id)


def text_of(response):
    return " ".join(re.sub("<[^>]+>", " ", response.content.decode()).split())


def events():
    rows = Event.objects.filter(type__startswith="proposal.").order_by("id")
    return [kind.removeprefix("proposal.") for kind in rows.values_list("type", flat=True)]


def sight():
    """What a refusal must leave alone."""
    return (
        Event.objects.count(),
        list(Proposal.objects.values_list("state", "revision")),
        Course.objects.count(),
        list(ReviewStep.objects.order_by("pk").values_list("verdict", flat=True)),
    )


def sent(content=FULL, **more):
    """The form of a proposal as a browser sends it."""
    words = {
        f"{section}_{language}": text
        for section, spoken in content.texts.items()
        for language, text in spoken.items()
    }
    figures = {"format": content.format, "hours": "16", "minutes_per_hour": "45"}
    return {**words, **figures, "languages": list(content.languages), **more}


def step_of(row, of):
    step = ReviewStep.objects.get(proposal=row, round=row.round, body=of)
    return url("review-decide", step=step.public_id)


@pytest.fixture
def bodies(db):
    return Bodies()


@pytest.fixture
def author(bodies, browser):
    return browser(bodies.author)


@pytest.fixture
def registrar(cast, browser):
    return browser(cast.clara_account)


def test_others_read_it_from_its_first_version_and_each_body_decides_in_turn(
    bodies, author, registrar, browser
):
    council, judge = browser(bodies.reviewer), browser(bodies.judge)
    author.post(url("proposal-new"), {"kind": "course", "body": "university", **sent(RUSSIAN)})
    row = Proposal.objects.get()
    assert council.get(at(row)).status_code == 404
    author.post(at(row, "proposal-publish"))
    author.post(at(row, "proposal-submit"))
    council.post(
        at(row, "proposal-comment"),
        {"body": "methodical-council", "section": "hours", "kind": "object", "text": "Too long."},
    )
    registrar.post(at(row, "review-start"))
    row.refresh_from_db()
    before = sight()

    early = judge.post(step_of(row, bodies.judicial), {"verdict": "accept"})
    over_objection = council.post(step_of(row, bodies.council), {"verdict": "accept"})

    assert "Another body decides first." in text_of(early)
    assert "An objection has not been settled yet." in text_of(over_objection)
    assert sight() == before
    said = Comment.objects.get()
    author.post(
        url("comment-answer", comment=said.public_id), {"text": "Two days now.", "settles": "on"}
    )
    council.post(step_of(row, bodies.council), {"verdict": "accept"})
    judge.post(step_of(row, bodies.judicial), {"verdict": "accept", "reason": "Needed at once."})
    page = text_of(registrar.get(at(row)))
    assert all(said in page for said in ("Needed at once.", "Two days now.", "Accepted"))
    assert events() == [
        *("drafted", "version_published", "submitted", "commented", "review_started", "answered"),
        *("step_decided", "step_decided", "accepted"),
    ]


def test_nothing_is_published_before_every_required_language_says_it(
    bodies, author, registrar, browser
):
    row, wanted = bodies.accepted(RUSSIAN), {"code": "DP-1", "provider": "academy"}
    before = sight()

    refused = registrar.post(at(row, "proposal-catalogue"), wanted)

    assert refused.status_code == 422
    assert "title (kk), title (en), summary (kk)" in text_of(refused)
    assert "Summary: Kazakh" in text_of(refused)
    assert sight() == before
    changed = sent(FULL, revision=row.revision, title_ru="Другое", languages=["ru"])
    assert "not change what was accepted" in text_of(author.post(at(row, "proposal-edit"), changed))
    author.post(at(row, "proposal-edit"), changed | {"title_ru": WORDS["title"]["ru"]})
    author.post(at(row, "proposal-publish"))
    registrar.post(at(row, "proposal-catalogue"), wanted)

    course = Course.objects.get(code="DP-1")
    assert (course.status, course.owners.get().code) == ("published", "university")
    for language in ("kk", "ru", "en"):
        shown = text_of(browser(language=language).get(f"/courses/{course.code}/"))
        assert WORDS["title"][language] in shown
        assert WORDS["aims"][language].splitlines()[1] in shown
        assert f"university {language}" in shown
    assert events()[-3:] == ["written", "version_published", "became_course"]


def test_a_published_course_changes_by_a_version_and_its_runs_keep_theirs(bodies, registrar):
    run = factories.run()
    course, planned = run.course, run.version
    row = bodies.accepted(course=course)

    registrar.post(at(row, "proposal-catalogue"))

    course.refresh_from_db()
    assert (course.current.number, course.current.title["en"]) == (2, "Digital proof")
    assert Run.objects.get(pk=run.pk).version == planned
    assert factories.run(of=course).version == course.current
    row.refresh_from_db()
    assert (row.became, row.state) == (course.current, "course")


@pytest.mark.parametrize("kind", ["comment", "object"])
def test_a_word_without_words_changes_nothing_and_loses_nothing(bodies, browser, kind):
    row, council = bodies.submitted(), browser(bodies.reviewer)
    before = sight()

    page = council.post(
        at(row, "proposal-comment"),
        {"body": "methodical-council", "section": "aims", "kind": kind, "text": " "},
    )

    assert page.status_code == 422
    assert "Say why." in text_of(page)
    assert f'value="{kind}"' in page.text
    assert '<option value="aims" selected>' in page.text
    assert (sight(), Comment.objects.count()) == (before, 0)


def test_nobody_speaks_for_a_body_that_is_not_their_own(bodies, author):
    row = bodies.submitted()
    word = {"body": "judicial-council", "section": "aims", "kind": "endorse"}

    page = author.post(at(row, "proposal-comment"), word)

    assert page.status_code == 422
    assert not Comment.objects.exists()
    step = bodies.in_review().steps.get(place=1)
    assert author.post(url("review-decide", step=step.public_id)).status_code == 404


def test_what_is_returned_comes_again_and_the_log_keeps_both_rounds(bodies, author, registrar):
    row = bodies.in_review()
    row = bodies.decided(row, bodies.council, Verdict.RETURN, "Name the figures.")
    assert "Waits for you" in text_of(author.get(url("proposals")))
    assert "Digital proof" in text_of(author.get("/desk/"))
    more = {**FULL.texts, "need": {"ru": "Жалобы растут: 214 за год."}}
    author.post(
        at(row, "proposal-edit"),
        sent(type(FULL)(more, "in_person")) | {"revision": row.revision},
    )
    assert "Publish what you have written first." in text_of(
        author.post(at(row, "proposal-submit"))
    )
    author.post(at(row, "proposal-publish"))
    author.post(at(row, "proposal-submit"))
    registrar.post(at(row, "review-start"))

    row.refresh_from_db()
    assert (row.state, row.round) == ("in_review", 2)
    assert "Name the figures." in text_of(author.get(at(row)))
    apart = author.get(at(row, "proposal-compare"))
    assert "<ins>растут: 214 за год.</ins>" in apart.text
    assert "<del>растут.</del>" in apart.text


def test_a_no_names_its_reason(bodies, browser):
    row = bodies.in_review()
    before = sight()

    page = browser(bodies.reviewer).post(step_of(row, bodies.council), {"verdict": "decline"})

    assert (page.status_code, sight()) == (422, before)
    assert "Please say why." in text_of(page)


def test_the_words_stand_still_while_they_are_read(bodies, author):
    row = bodies.submitted()

    assert author.get(at(row, "proposal-edit")).status_code == 404
    drafted = bodies.drafted()
    first = {**sent(), "revision": drafted.revision}
    assert author.post(at(drafted, "proposal-edit"), first).status_code == 303
    before = sight()

    again = author.post(at(drafted, "proposal-edit"), first | {"need_ru": "Мой текст."})

    assert "Somebody else has written meanwhile." in text_of(again)
    assert "Мой текст." in again.text
    assert sight() == before


def test_who_has_read_it_sees_what_is_new_since(bodies, browser):
    row, council = bodies.submitted(), browser(bodies.reviewer)
    assert "New since you last looked" not in text_of(council.get(at(row)))
    council.post(at(row, "proposal-read"))
    bodies.objected(row)

    page = text_of(council.get(at(row)))

    assert "1 new comment or answer" in page
    council.post(at(row, "proposal-read"))
    assert "New since you last looked" not in text_of(council.get(at(row)))


def test_a_step_that_nobody_takes_is_shown_as_overdue(bodies, registrar):
    row = bodies.in_review()
    assert "Overdue" not in text_of(registrar.get(url("proposals")))

    with time_machine.travel(clock.now() + timedelta(days=10), tick=False):
        listed, shown, desk = (registrar.get(to) for to in (url("proposals"), at(row), "/desk/"))

    assert "Overdue" in text_of(listed)
    assert "Overdue" in text_of(shown)
    assert "Digital proof" in text_of(desk)


def test_the_registrar_sets_the_way_of_reviewing_and_what_is_on_its_way_keeps_its_own(
    bodies, registrar, author
):
    row, page = bodies.in_review(), url("review-route")
    assert page in registrar.get(url("proposals")).content.decode()
    assert author.get(page).status_code == 404
    sent = {
        "body_0": "judicial-council",
        "turn_0": "1",
        "days_0": "3",
        "body_1": "",
        "turn_1": "1",
        "days_1": "10",
        "body_2": "university",
        "turn_2": "1",
        "days_2": "7",
        "body_3": "",
        "turn_3": "2",
        "days_3": "10",
    }
    before = list(RouteStep.objects.values_list("place", "body__code", "working_days"))

    twice = registrar.post(page, sent | {"body_2": "judicial-council"})
    wrong = registrar.post(page, sent | {"days_2": "0"})

    assert (twice.status_code, wrong.status_code) == (422, 422)
    assert "A body has one step in a turn." in text_of(twice)
    assert list(RouteStep.objects.values_list("place", "body__code", "working_days")) == before
    assert registrar.post(page, sent).status_code == 303
    assert list(RouteStep.objects.values_list("place", "body__code", "working_days")) == [
        (1, "judicial-council", 3),
        (1, "university", 7),
    ]
    event = Event.objects.get(type="review_route.set")
    assert event.data == {"route": [[1, "judicial-council", 3], [1, "university", 7]]}
    assert row.steps.filter(round=1).count() == 2
    assert set(row.steps.values_list("working_days", flat=True)) == {5, 10}
    asked = registrar.get(at(bodies.submitted(), "review-start"))
    assert "university en" in text_of(asked)
