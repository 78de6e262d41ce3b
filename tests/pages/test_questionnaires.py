"""Questionnaires as people meet them: waiting, answering, reading what a group has said."""

import re
from datetime import timedelta

import pytest

from academy.core import clock
from academy.ledger.models import Event
from enrollment.feedback.models import AnswerText, FeedbackRound, Questionnaire
from enrollment.pages.desk.questionnaire_forms import MORE
from tests import factories
from tests.enrollment.feedback.conftest import AFTER, asked, stand_at

__all__ = ["asked", "stand_at"]

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def text_of(response):
    return " ".join(re.sub("<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def after(asked, cast):
    """Timur's run is over, and Asel is asked about it among five others."""
    return asked(6, trainer=cast.timur, first=cast.asel)


def own(after, person):
    return next(one for one in after.invitations if one.enrollment.person_id == person.pk)


def address(invitation):
    return f"/questionnaires/{invitation.public_id}/"


def test_an_open_questionnaire_waits_in_my_training_until_it_is_answered(after, cast, browser):
    http, url = browser(cast.asel_account), address(own(after, cast.asel))
    assert url in http.get("/").text

    sent = http.post(url, {**AFTER, "keep": "The examples"})
    thanked = http.get(sent.url)

    assert (sent.status_code, sent.url) == (303, f"{url}thanks/")
    assert "can no longer be told apart" in text_of(thanked)
    assert url not in http.get("/").text
    assert http.get(url).url == f"{url}thanks/"
    assert AnswerText.objects.get().text == "The examples"


def test_the_page_says_what_is_kept_and_groups_its_answers(after, cast, browser):
    page = browser(cast.asel_account).get(address(own(after, cast.asel)))

    assert "nothing that is kept leads from them to you" in text_of(page)
    assert "only when 5 or more people have answered" in text_of(page)
    assert page.text.count("<fieldset") == page.text.count("<legend") == 7
    assert page["Cache-Control"] == "no-store"


def test_nothing_typed_is_lost_when_an_answer_is_missing(after, cast, browser):
    given = {**AFTER, "useful": "", "keep": "A long thought"}

    page = browser(cast.asel_account).post(address(own(after, cast.asel)), given)

    assert "There is a problem" in page.text
    assert page.text.count("Please answer this question.") == 2  # in the summary, at the question
    assert 'href="#id_useful_0"' in page.text
    assert "A long thought" in page.text
    assert page.text.count("checked") == 6
    assert FeedbackRound.objects.filter(answers__gt=0).count() == 0


def test_the_questionnaire_of_somebody_else_does_not_exist(after, cast, browser):
    url = address(own(after, cast.asel))

    answers = [
        browser(account).post(url, AFTER).status_code
        for account in (cast.dana_account, cast.timur_account, cast.clara_account)
    ]

    assert answers == [404, 404, 404]
    assert FeedbackRound.objects.filter(answers__gt=0).count() == 0


def results(browser, account, after):
    return browser(account).get(f"/desk/runs/{after.run.public_id}/feedback/")


def test_results_are_for_groups_of_five_and_for_closed_questionnaires(
    after, cast, browser, stand_at
):
    after.answer(5, keep="Кейіннен көрінеді")
    while_open = text_of(results(browser, cast.timur_account, after))
    stand_at(clock.now() + 22 * DAY)
    closed = text_of(results(browser, cast.timur_account, after))

    assert "5 of 6 have answered." in while_open
    assert "Mean" not in while_open
    assert "Кейіннен" not in while_open
    assert "Mean 4 of 5: good" in closed
    assert closed.count("Кейіннен көрінеді") == 5


def test_four_answers_are_shown_to_nobody(after, cast, browser, stand_at):
    after.answer(4, keep="Құпия")
    stand_at(clock.now() + 22 * DAY)

    for account in (cast.timur_account, cast.clara_account, cast.otto_account):
        page = text_of(results(browser, account, after))
        assert "Fewer than 5 people have answered." in page
        assert "Mean" not in page
        assert "Құпия" not in page


def test_small_groups_of_one_course_are_shown_together(asked, cast, browser, stand_at):
    course = factories.course()
    first = asked(3, of=course, trainer=cast.timur)
    first.answer(keep="Бірінші топ")
    second = asked(2, of=course)
    second.answer(useful="5", keep="Екінші топ")
    stand_at(clock.now() + 22 * DAY)

    trainer = text_of(results(browser, cast.timur_account, first))
    registrar = text_of(results(browser, cast.clara_account, first))
    public = text_of(browser().get(f"/courses/{course.code}/"))

    together = "5 answers of 2 runs of this course together"
    assert together in trainer
    assert together in registrar
    assert "Бірінші топ" not in trainer  # may speak of another trainer
    assert "Бірінші топ" in registrar
    assert "Екінші топ" in registrar
    assert "5 colleagues have answered. Their rating: 4.4 of 5, good." in public


def test_a_course_of_which_four_have_spoken_says_nothing(asked, browser, stand_at):
    course = factories.course()
    asked(4, of=course).answer()
    stand_at(clock.now() + 22 * DAY)

    assert "What colleagues said" not in text_of(browser().get(f"/courses/{course.code}/"))


def test_what_colleagues_said_is_looked_up_once_in_a_while(asked, browser, statements, stand_at):
    course = factories.course()
    for _run in range(2):
        asked(5, of=course).answer()
    stand_at(clock.now() + 22 * DAY)

    made = statements(browser(), f"/courses/{course.code}/")
    stand_at(clock.now() + 22 * DAY)
    later = text_of(browser().get(f"/courses/{course.code}/?later"))

    assert [sql for sql in made if "feedback" in sql or "_answer" in sql] == []
    assert "10 colleagues have answered." in later


# --- The registrar's page ----------------------------------------------------------------------


def form_of(row, **changed):
    data = {
        "revision": row.revision,
        **{f"names_{code}": text for code, text in row.names.items()},
        "question-TOTAL_FORMS": len(row.asked) + MORE,
        "question-INITIAL_FORMS": len(row.asked),
    }
    for place, question in enumerate(row.asked):
        prefix = f"question-{place}-"
        data |= {f"{prefix}key": question.key, f"{prefix}kind": question.kind.value}
        data |= {f"{prefix}texts_{code}": text for code, text in question.texts.items()}
        for code in ("kk", "ru", "en"):
            lines = [names[code] for _key, names in question.options]
            data[f"{prefix}options_{code}"] = "\n".join(lines)
    return data | changed


def test_the_registrar_writes_a_new_revision_and_the_old_one_stays(after, cast, browser):
    old = Questionnaire.objects.get(code="six-months")
    http = browser(cast.clara_account)
    assert http.get("/desk/questionnaires/six-months/revise/").status_code == 200

    answer = http.post(
        "/desk/questionnaires/six-months/revise/",
        form_of(old, **{"question-0-texts_en": "It has lasted."}),
    )

    new = Questionnaire.objects.get(code="six-months", is_current=True)
    assert answer.status_code == 303
    assert (new.revision, new.asked[0].texts["en"]) == (2, "It has lasted.")
    assert [each.options for each in new.asked] == [each.options for each in old.asked]
    old.refresh_from_db()
    assert old.asked[0].texts["en"] == "What I learned has become part of my everyday work."
    assert after.rounds[2].questionnaire == new
    assert "It has lasted." in http.get("/desk/questionnaires/six-months/").text


def test_a_question_in_one_language_is_not_put(after, cast, browser):
    old = Questionnaire.objects.get(code="six-months")
    before = Event.objects.count()

    page = browser(cast.clara_account).post(
        "/desk/questionnaires/six-months/revise/", form_of(old, **{"question-0-texts_kk": ""})
    )

    assert "Each question is put in every language." in page.text
    assert Questionnaire.objects.filter(code="six-months").count() == 1
    assert Event.objects.count() == before


def test_a_course_is_given_a_questionnaire(after, cast, browser):
    Questionnaire.objects.filter(code="after-course").update(is_default=False)
    http, code = browser(cast.clara_account), after.run.course.code

    chosen = http.post("/desk/questionnaires/after-course/choose/", {"course": code})
    unknown = http.post("/desk/questionnaires/after-course/choose/", {"course": "NONE"})

    assert code in http.get(chosen.url).text
    assert "There is no such course." in unknown.text
