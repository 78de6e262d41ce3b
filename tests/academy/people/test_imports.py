"""HR's file: shown row by row, done whole or not at all, and never a number in the open."""

from datetime import date

import pytest

from academy.core.errors import Invalid, Refused
from academy.jobs.rules import RowOutcome
from academy.jobs.tables import read_table
from academy.ledger.models import Event
from academy.people import imports, secrets
from academy.people.models import Appointment, Person
from tests import factories
from tests.factories import ACTOR

pytestmark = pytest.mark.django_db

HEADER = (
    "external_id;iin;family_name;given_name;patronymic;email;language;left_on;"
    "court;position;appointment_kind;appointed_on;appointed_until\n"
)
ANA = "E1;990101500006;Ахметова;Ана;;ana@example.org;kk;;{court};judge;;01.03.2024;\n"


@pytest.fixture
def courts():
    factories.position("judge")
    factories.position("court-chair", is_head=True)
    return [factories.court().code, factories.court().code]


def plan(text):
    return imports.plan_people(read_table("hr.csv", (HEADER + text).encode()))


def outcomes(planned):
    return [(row.line, str(row.outcome)) for row in planned.rows]


def load(text):
    return imports.apply(plan(text), actor=ACTOR)


def test_a_dry_run_changes_nothing_and_shows_everything(courts):
    planned = plan(ANA.format(court=courts[0]))

    assert outcomes(planned) == [(2, "new")]
    assert planned.rows[0].changes["iin"] == ("", "9901******06")
    assert "990101500006" not in str([row.changes for row in planned.rows])
    assert (Person.objects.count(), Event.objects.count()) == (0, 0)


def test_new_then_unchanged_then_changed(courts):
    row = ANA.format(court=courts[0])
    load(row)
    assert outcomes(plan(row)) == [(2, "unchanged")]

    planned = load(row.replace("Ахметова", "Сериккызы"))

    assert outcomes(planned) == [(2, "changed")]
    assert planned.rows[0].changes == {"family_name": ("Ахметова", "Сериккызы")}
    person = Person.objects.get()
    assert (person.family_name, person.language) == ("Сериккызы", "kk")
    assert secrets.decrypt(person.iin_cipher) == "990101500006"
    assert person.iin_hash == secrets.lookup_hash("990101500006")


def test_a_new_permanent_post_ends_the_present_one(courts):
    load(ANA.format(court=courts[0]))

    load(f"E1;;Ахметова;Ана;;ana@example.org;kk;;{courts[1]};court-chair;;2026-03-01;\n")

    posts = Appointment.objects.order_by("period").values_list("court__code", "period")
    assert [(court, period.lower, period.upper) for court, period in posts] == [
        (courts[0], date(2024, 3, 1), date(2026, 3, 1)),
        (courts[1], date(2026, 3, 1), None),
    ]
    assert list(Event.objects.order_by("id").values_list("type", flat=True)) == [
        "person.imported",
        "appointment.opened",
        "person.imported",
        "appointment.opened",
        "appointment.ended",
    ]


def test_several_lines_of_one_person_are_one_person(courts):
    acting = f"{courts[1]};court-chair;acting;2026-03-01;2026-05-31"
    planned = load(
        ANA.format(court=courts[0]) + f"E1;;Ахметова;Ана;;ana@example.org;kk;;{acting}\n"
    )

    assert outcomes(planned) == [(2, "new"), (3, "new")]
    assert Person.objects.count() == 1
    assert Appointment.objects.filter(kind="acting", period__endswith=date(2026, 6, 1)).exists()


def test_who_leaves_loses_posts_and_account(courts, django_capture_on_commit_callbacks):
    load(ANA.format(court=courts[0]))
    account = factories.account(of=Person.objects.get())

    load("E1;;Ахметова;Ана;;ana@example.org;kk;2026-06-30;;;;;\n")

    account.refresh_from_db()
    assert not account.is_active
    assert Appointment.objects.get().period.upper == date(2026, 7, 1)
    assert "person.left" in Event.objects.values_list("type", flat=True)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (";;Ахметова;Ана;;;;;;;;;", "external_id"),
        ("E2;990101500007;Ахметова;Ана;;;;;;;;;", "iin"),
        ("E2;;;Ана;;;;;;;;;", "family_name"),
        ("E2;;Ахметова;Ана;;nobody;;;;;;;", "email"),
        ("E2;;Ахметова;Ана;;;xx;;;;;;", "language"),
        ("E2;;Ахметова;Ана;;;;31.31.2026;;;;;", "left_on"),
        ("E2;;Ахметова;Ана;;;;;NOWHERE;judge;;2026-01-01;", "court"),
        ("E2;;Ахметова;Ана;;;;;;judge;;2026-01-01;", "court"),
        ("E2;990101500006;Другая;Особа;;;;;;;;;", "iin"),
        ("E1;;Ахметова;Иная;;;;;;;;;", ""),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_imported(courts, row, column):
    planned = plan(ANA.format(court=courts[0]) + row + "\n")

    assert [(bad.line, bad.problems[0].column) for bad in planned.rows if bad.problems] == [
        (3, column)
    ]
    with pytest.raises(Refused) as refusal:
        imports.apply(planned, actor=ACTOR)
    assert refusal.value.code == "import_has_errors"
    assert (Person.objects.count(), Event.objects.count()) == (0, 0)


def test_columns_are_named_in_plain_words():
    with pytest.raises(Invalid) as refusal:
        imports.plan_people(read_table("hr.csv", b"family_name;shoe_size\nA;44\n"))

    assert refusal.value.code == "import_columns"
    assert set(refusal.value.fields) == {"given_name", "shoe_size"}


def test_statements_do_not_grow_with_the_file(courts, django_assert_max_num_queries):
    rows = "".join(
        f"E{number};;Ахметова;Ана;;;kk;;{courts[0]};judge;;2024-03-01;\n" for number in range(60)
    )
    planned = plan(rows)
    assert planned.counts[RowOutcome.NEW] == 60

    with django_assert_max_num_queries(24):
        imports.apply(planned, actor=ACTOR)

    assert Person.objects.count() == 60
