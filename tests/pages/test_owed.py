"""What is owed, as people see it: own page, the court's list, the registrar's hand."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from academy.core import clock
from academy.ledger.models import Event
from courses.catalogue.models import Audience, Organisation
from courses.planning.enums import EnrollmentMode
from courses.planning.models import Seat, SeatPool
from enrollment.credits import reckoning
from enrollment.credits.enums import Unit
from enrollment.credits.models import CreditEntry, Exemption, Obligation, Requirement
from enrollment.credits.requirement_actions import RequirementDraft, add_requirement
from enrollment.requests.actions import decide
from tests import factories
from tests.enrollment.stage import ask
from tests.factories import ACTOR

NAMES = {"kk": "Судьялардың оқуы", "ru": "Обучение судей", "en": "Training of judges"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def owing(cast):
    """Asel has 12 of 16 hours, of which teaching counts up to 4; Dana of another court has none."""
    now = clock.now()
    Audience.objects.create(code="judges", names=NAMES, categories=["judge"])
    Organisation.objects.create(code="council", names={"en": "Council"}, is_own=True)
    for kind, hours in (("course", 8), ("teaching", 6)):
        CreditEntry.objects.create(
            person=cast.asel,
            kind=kind,
            year=now.year,
            earned_on=now.date(),
            minutes=hours * 45,
            minutes_per_hour=45,
        )
    draft = RequirementDraft(
        NAMES,
        "judges",
        Unit.HOURS,
        Decimal(16),
        date(now.year, 1, 1),
        caps={"teaching": Decimal(4)},
    )
    row = add_requirement(code="yearly", draft=draft, actor=ACTOR)
    reckoning.reckon_due(now)
    return row


@pytest.fixture
def browse(client):
    def sign_in(account):
        client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def text(answer):
    return " ".join(answer.content.decode().split())


def test_my_training_says_what_is_owed_with_the_sum_one_click_away(cast, owing, browse):
    asel = browse(cast.asel_account)

    start, sum_ = text(asel.get("/")), text(asel.get("/owed/yearly/"))

    assert "Still owed: 4 academic hours." in start
    assert 'href="/owed/yearly/"' in start
    for said in (
        "The requirement asks for</dt>",
        "16 academic hours",
        "6 earned; no more than this counts of this kind.",
        "Counts altogether",
        "Still owed",
    ):
        assert said in sum_
    assert "4 academic hours" in text(asel.get("/owed/"))


def test_a_court_sees_its_own_people_only(cast, owing, browse):
    kenzhe = browse(cast.kenzhe_account)

    everybody = text(kenzhe.get("/desk/owed/"))
    met = text(kenzhe.get("/desk/owed/?requirement=yearly&state=met"))

    assert cast.asel.full_name in everybody
    assert cast.boris.full_name in everybody
    assert cast.dana.full_name not in everybody
    assert cast.asel.full_name not in met
    assert cast.dana.full_name in text(browse(cast.otto_account).get("/desk/owed/"))


def test_a_court_sees_its_seats_and_who_was_refused(cast, owing, browse):
    run = factories.run(seats=5)
    pool = SeatPool.objects.create(run=run, scope="court", court=cast.court)
    Seat.objects.filter(run=run, number__lte=3).update(pool=pool)
    asked = factories.run(mode=EnrollmentMode.APPROVAL, starts_in=timedelta(days=60))
    step = ask(asked, cast.asel).decisions.get()
    decide(decision=step.public_id, yes=False, reason="x", account=None, actor=ACTOR)
    ask(run, cast.asel)

    page = text(browse(cast.kenzhe_account).get("/desk/owed/court/"))

    assert "Seats kept for the court" in page
    used, left = page.index('data-label="Used"'), page.index('data-label="Left"')
    assert "1" in page[used : used + 60]
    assert "2" in page[left : left + 60]
    assert cast.asel.full_name in page[page.index("Who was refused how often") :]
    assert "/desk/owed/court/" in text(browse(cast.kenzhe_account).get("/desk/owed/"))
    assert browse(cast.clara_account).get("/desk/owed/court/").status_code == 404


@pytest.mark.parametrize("rows", [2, 40])
def test_a_list_costs_the_same_for_few_and_for_many(
    cast, owing, browse, rows, django_assert_max_num_queries
):
    for number in range(rows):
        Obligation.objects.create(
            requirement=owing,
            person=cast.asel,
            first_day=date(1990, 1, 1 + number % 28).replace(month=1 + number // 28),
            last_day=date(1990, 12, 31),
            due_at=clock.now(),
            needed=1,
            earned=0,
            state="owed",
        )
    kenzhe = browse(cast.kenzhe_account)

    with django_assert_max_num_queries(9):
        kenzhe.get("/desk/owed/")


FORM = {
    "code": "days",
    "audience": "judges",
    "unit": "days",
    "amount": "5",
    "hours_per_day": "8",
    "basis": "cycle",
    "years": "1",
    "months": "6",
    "carry_cap": "0",
    "grace_days": "0",
    "valid_from": "2026-01-01",
    **{f"names_{code}": name for code, name in NAMES.items()},
}


def test_the_registrar_looks_whom_it_touches_then_saves(cast, owing, browse):
    clara = browse(cast.clara_account)

    looked = text(clara.post("/desk/requirements/new/", FORM | {"preview": "1"}))
    before = Requirement.objects.count()
    saved = clara.post("/desk/requirements/new/", FORM | {"save": "1"})
    wrong = text(clara.post("/desk/requirements/new/", FORM | {"code": "x", "caps": "teaching"}))

    assert "3 people in post today would owe this." in looked
    assert (before, saved.status_code, Requirement.objects.count()) == (1, 303, 2)
    assert "One line each" in wrong
    assert Event.objects.filter(type="requirement.added").count() == 2


def test_an_edit_of_an_old_page_is_refused_and_changes_nothing(cast, owing, browse):
    clara = browse(cast.clara_account)
    sent = FORM | {"save": "1", "revision": "7", "unit": "hours"}

    answer = clara.post("/desk/requirements/yearly/", sent)

    assert "Somebody changed this meanwhile" in text(answer)
    owing.refresh_from_db()
    assert (owing.amount, owing.revision) == (16, 1)


def test_an_exemption_is_written_down_and_taken_back(cast, owing, browse):
    cast.asel.external_id = "HR-1"
    cast.asel.save()
    now = clock.now()
    sent = {
        "person": "HR-1",
        "kind": "exemption",
        "first_day": f"{now.year}-01-01",
        "last_day": f"{now.year}-12-31",
        "reason": "illness",
        "granted_by": "council",
    }
    address = "/desk/requirements/yearly/exemptions/"
    refused = browse(cast.otto_account).post(address, sent)
    nothing = Exemption.objects.count()
    clara = browse(cast.clara_account)

    clara.post(address, sent)
    exempt = Obligation.objects.get(person=cast.asel).state
    clara.post(f"/desk/exemptions/{Exemption.objects.get().public_id}/end/")

    assert (refused.status_code, nothing) == (404, 0)
    assert (exempt, Obligation.objects.get(person=cast.asel).state) == ("exempt", "owed")
    assert "taken back" in text(clara.get(address))
