"""Nominating at the desk: the pick list, a file, the dry run, the deed, what became of each."""

from datetime import timedelta
from io import BytesIO

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from academy.core import clock
from academy.people.models import Person
from courses.catalogue.models import Audience
from courses.planning.enums import EnrollmentMode
from enrollment.credits.models import Obligation, Requirement
from enrollment.requests import nominations
from enrollment.requests.actions import decide
from enrollment.requests.models import Nomination
from enrollment.seats.enums import Source
from enrollment.seats.models import Enrollment
from tests import factories
from tests.enrollment.stage import ask, sight

LISTS = "/desk/nominations/"


@pytest.fixture
def run(cast):
    return factories.run(seats=2, mode=EnrollmentMode.NOMINATION)


@pytest.fixture
def desk(cast, browser):
    return browser(cast.kenzhe_account)


def text(response):
    return " ".join(response.content.decode().split())


def at(run, query=""):
    return f"/desk/runs/{run.public_id}/nominate/{query}"


def test_the_pick_list_shows_the_own_court_with_what_matters(cast, run, desk):
    ask(run, cast.asel, source=Source.NOMINATION)

    page = text(desk.get(at(run)))

    assert "Already in this run:" in page
    assert cast.boris.full_name in page
    assert cast.dana.full_name not in page
    assert page.count("disabled") == 1
    assert cast.boris.full_name not in text(desk.get(at(run, "?search=Кен")))


def test_from_the_list_of_runs_to_what_became_of_each(cast, run, desk):
    before, people = sight(), factories.people(3, cast.court)
    assert run.code in text(desk.get(LISTS))

    dry = desk.post(at(run), {"people": [one.public_id for one in people]}, follow=True)
    page = text(dry)
    assert "Nobody has been nominated yet and nobody has been told." in page
    assert page.count("The person is told that the seat is confirmed.") == 2
    assert page.count("The person is told about the place on the waiting list.") == 1
    assert sight() == before
    one = dry.redirect_chain[-1][0]
    page = text(desk.post(f"{one}apply/", follow=True))

    assert "What became of the nomination" in page
    assert list(Enrollment.objects.order_by("pk").values_list("state", "source")) == [
        ("confirmed", "nomination"),
        ("confirmed", "nomination"),
        ("waitlisted", "nomination"),
    ]
    assert "3 of 3 nominated" in text(desk.get(LISTS))
    desk.post(f"{one}apply/")
    assert Enrollment.objects.count() == 3


def test_a_long_list_goes_on_in_the_background(cast, run, desk, monkeypatch):
    monkeypatch.setattr(nominations, "FIRST_SLICE", 1)
    people = factories.people(2, cast.court)
    desk.post(at(run), {"people": [one.public_id for one in people]})
    one = f"{LISTS}{Nomination.objects.get().public_id}/"

    page = text(desk.post(f"{one}apply/", follow=True))
    assert "1 of 2 people" in page
    nominations.carry_on_all()

    assert "Look again" not in text(desk.get(one))
    assert Enrollment.objects.count() == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1251"])
def test_a_file_names_people_by_their_number_and_bad_rows_are_said(cast, run, desk, encoding):
    cast.asel.external_id, cast.dana.external_id = "HR-1", "HR-2"
    cast.asel.save()
    cast.dana.save()
    content = "Табельный номер;ФИО\nHR-1;Первая\nHR-2;Чужая\n;Без номера\nHR-1;Ещё раз\n"
    sent = SimpleUploadedFile("list.csv", content.encode(encoding))

    page = text(desk.post(at(run), {"file": sent}, follow=True))

    assert cast.asel.full_name in page
    assert page.count("Nobody of your court has this number.") == 2
    assert "line 4: empty" in page
    assert cast.dana.full_name not in page
    lines = Nomination.objects.get().nominees.values_list("person__external_id", flat=True)
    assert list(lines) == ["HR-1", None, None]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("list.pdf", b"x", "Send a CSV or an Excel file"),
        ("list.csv", b"name\nx\n", "The file needs a column “external_id”"),
        ("", b"", "Tick at least one person, or choose a file."),
    ],
)
def test_a_bad_file_is_explained_and_ticks_stay(cast, run, desk, name, content, said):
    sent = {}
    if name:
        sent = {"file": SimpleUploadedFile(name, content), "people": [cast.asel.public_id]}

    page = text(desk.post(at(run), sent))

    assert said in page
    assert page.count(" checked") == bool(name)
    assert not Nomination.objects.exists()


def test_nobody_is_named_past_the_own_court(cast, run, desk):
    page = text(desk.post(at(run), {"people": [cast.dana.public_id]}, follow=True))

    assert "Nobody of your court has this number." in page
    assert cast.dana.full_name not in page


def test_the_registrar_looks_for_people_everywhere(cast, run, browser):
    registrar = browser(cast.clara_account)

    assert "Search for a family name or a court" in text(registrar.get(at(run)))
    page = text(registrar.get(at(run, f"?court={cast.elsewhere.code}")))
    assert cast.dana.full_name in page
    assert cast.asel.full_name not in page


def test_the_pick_list_takes_the_same_few_statements_at_any_length(cast, run, desk, statements):
    short = len(statements(desk, at(run)))
    factories.people(10, cast.court)

    assert len(statements(desk, at(run))) == short <= 6


def owes(person, hours, *, due_in=30):
    """Somebody has that many hours to make up."""
    names = {"kk": "Оқу", "ru": "Обучение", "en": "Yearly training"}
    audience, _made = Audience.objects.get_or_create(code="all", defaults={"names": names})
    today = clock.now().date()
    requirement, _made = Requirement.objects.get_or_create(
        code="yearly",
        defaults={
            "names": names,
            "audience": audience,
            "unit": "hours",
            "amount": 16,
            "basis": "cycle",
            "years": 1,
            "valid_from": today,
            "changed_at": clock.now(),
        },
    )
    Obligation.objects.create(
        person=person,
        requirement=requirement,
        first_day=today,
        last_day=today,
        due_at=clock.now() + timedelta(days=due_in),
        needed=16,
        earned=16 - hours,
        state="owed",
    )


def test_those_who_owe_come_first_and_posts_can_be_chosen(cast, run, desk):
    owes(cast.kenzhe, 12)
    owes(cast.boris, 4)

    page = text(desk.get(at(run)))
    names = [page.index(one.full_name) for one in (cast.kenzhe, cast.boris, cast.asel)]
    assert names == sorted(names)
    assert "Yearly training – academic hours: 12" in page
    assert cast.asel.full_name in text(desk.get(at(run, "?category=judge")))
    only = text(desk.get(at(run, "?category=judge&post=nothing")))
    assert "Nobody was found." in only


def test_what_became_of_each_says_what_comes_next(cast, desk):
    run = factories.run(seats=1, mode=EnrollmentMode.APPROVAL)
    people = factories.people(2, cast.court)
    dry = desk.post(at(run), {"people": [one.public_id for one in people]}, follow=True)
    one = dry.redirect_chain[-1][0]
    desk.post(f"{one}apply/")

    page = text(desk.get(one))

    assert page.count("The head of court decides by") == 2
    claims = list(Enrollment.objects.order_by("pk"))
    for claim in claims:
        decide(
            decision=claim.decisions.get().public_id, yes=True, account=None, actor=factories.ACTOR
        )
    page = text(desk.get(one))
    assert page.count("Begins on") == 1
    assert page.count("Gets a seat when one comes free.") == 1


def test_the_bad_rows_go_home_as_a_file_and_come_back_mended(cast, run, desk):
    people = factories.people(2, cast.court)
    for number, one in enumerate(people):
        Person.objects.filter(pk=one.pk).update(external_id=f"HR-{number}")
    file = SimpleUploadedFile("list.csv", b"external_id\nHR-0\nHR-9\n")
    dry = desk.post(at(run), {"file": file}, follow=True)
    assert "1 row cannot be taken and stays out." in text(dry)
    one = dry.redirect_chain[-1][0]

    answer = desk.get(f"{one}to-mend.xlsx")

    head, *rows = (
        CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    )
    assert rows == [["HR-9", "", "Nobody of your court has this number."]]
    back = BytesIO()
    with xlsxwriter.Workbook(back, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, cells in enumerate([head, ["HR-1", *rows[0][1:]]]):
            sheet.write_row(place, 0, cells)
    again = desk.post(
        at(run), {"file": SimpleUploadedFile("mended.xlsx", back.getvalue())}, follow=True
    )
    assert people[1].full_name in text(again)
    assert "stays out" not in text(again)
