"""Thirty seats shared among courts, sixty people, and everything that can come between them.

Commands go through pages and the API only; workers and timers run in between; the witness looks
after every step.
"""

import re
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from academy.access.enums import Role
from academy.access.models import RoleGrant
from academy.core import clock
from courses.planning.enums import EnrollmentMode
from courses.planning.models import Run, SeatPool
from enrollment.requests import tasks
from enrollment.requests.models import Nomination
from enrollment.seats.enums import PriorityKind, State
from enrollment.seats.models import Enrollment, PriorityRule
from tests import factories
from tests.api.calls import Caller
from tests.flows.browsing import page, press, press_and_agree, text, workers
from tests.flows.witness import Witness, browser_of

pytestmark = pytest.mark.django_db(transaction=True)

MONDAY = datetime(2027, 2, 1, 5, tzinfo=UTC)  # ten in the morning in Almaty
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
ALMATY = timedelta(hours=5)


class Bench:
    """A court with its head, its coordinator and those who learn."""

    def __init__(self, people: int, *, region, parent=None, is_remote=False) -> None:
        self.court = factories.court(parent=parent, in_region=region)
        self.court.posts_judges, self.court.is_remote = 8, is_remote
        self.court.save()
        head = factories.person(self.court, post=factories.position("head", is_head=True))
        clerk = factories.person(self.court, post=factories.position("clerk", category="staff"))
        self.head, self.coordinator = factories.account(of=head), factories.account(of=clerk)
        RoleGrant.objects.create(account=self.coordinator, role=Role.COORDINATOR, court=self.court)
        self.people = factories.people(people, self.court)
        self.accounts = {one.pk: factories.account(of=one) for one in self.people}


class Story:
    """The stage, and how people do things on it: every second by page, the others by the API."""

    def __init__(self, time_machine) -> None:
        self.clock = time_machine
        self.clock.move_to(MONDAY, tick=False)
        region = factories.region()
        above = factories.court(in_region=region)
        self.crowded, self.middling, self.quiet = (
            Bench(many, region=region, parent=above) for many in (24, 14, 8)
        )
        self.far = Bench(15, region=factories.region(), is_remote=True)
        self.benches = (self.crowded, self.middling, self.quiet, self.far)
        self.region, self.registrar = region, factories.account(role=Role.REGISTRAR)
        PriorityRule.objects.update_or_create(
            code="remote-court",
            defaults={
                "kind": PriorityKind.REMOTE_COURT,
                "names": {"en": "A remote court"},
                "is_active": True,
            },
        )
        course = factories.course()
        # Once the first run moves by a week, both are at the same hours.
        self.run = factories.run(of=course, seats=30, starts_in=40 * DAY, nominees_answer=True)
        self.consented = factories.run(
            seats=6, mode=EnrollmentMode.APPROVAL, starts_in=40 * DAY + WEEK
        )
        accounts = {key: one for bench in self.benches for key, one in bench.accounts.items()}
        self.witness, self.accounts, self.turn = Witness(accounts), accounts, 0

    def pass_time(self, until: datetime) -> None:
        """The clock moves on; timers and workers run as they do each minute."""
        self.clock.move_to(until, tick=False)
        for due in (
            tasks.release_pools,
            tasks.expire_due,
            tasks.lapse_decisions,
            tasks.nominate,
            tasks.sweep,
            tasks.advance_runs,
        ):
            due()
        self.look()

    def look(self) -> None:
        workers()
        self.witness.look()

    def by_page(self) -> bool:
        self.turn += 1
        return self.turn % 2 == 0

    def ask(self, person, run: Run) -> None:
        account = self.accounts[person.pk]
        if not self.by_page():
            answer = Caller(account=account).post("/enrollments", {"run": str(run.public_id)})
            assert answer.status_code == 201, answer.content
            return
        browser, action = browser_of(account), f"/runs/{run.public_id}/enrol/"
        shown = page(browser, f"/courses/{run.course.code}/")
        assert action in shown
        key = re.search(r'name="key" value="([^"]+)"', shown)
        press(browser, action, key=key[1] if key else "")

    def answer(self, row: Enrollment, what: str) -> None:
        """Accept, decline, confirm or withdraw."""
        account, address = self.accounts[row.person_id], f"/enrollments/{row.public_id}/{what}"
        if self.by_page():
            press(browser_of(account), f"{address}/")
        else:
            answer = Caller(account=account).post(address)
            assert answer.status_code == 200, answer.content

    def nominate(self, bench: Bench, people) -> None:
        """A list of one court: the dry run, which enrols nobody, then the deed."""
        browser, before = browser_of(bench.coordinator), Enrollment.objects.count()
        address = f"/desk/runs/{self.run.public_id}/nominate/"
        foreseen = press(browser, address, people=[one.public_id for one in people])
        assert "Nobody has been nominated yet and nobody has been told." in foreseen
        assert Enrollment.objects.count() == before
        one = Nomination.objects.latest("pk").public_id
        press(browser, f"/desk/nominations/{one}/apply/")
        assert Enrollment.objects.count() == before + len(people)

    def in_state(self, state: State, run: Run | None = None, of: Bench | None = None):
        rows = Enrollment.objects.filter(run=run or self.run, state=state).order_by("pk")
        return list(rows.filter(court=of.court) if of else rows)


@pytest.fixture
def story(db, time_machine):
    return Story(time_machine)


def share_out(story: Story) -> None:
    """Twenty-four seats by posts among the courts of the region, until ten days from now."""
    browser = browser_of(story.registrar)
    address = f"/desk/runs/{story.run.public_id}/pools/"
    plan = {"seats": 24, "posts": "judges", "region": story.region.code, "falls_to": "region"}
    plan["release_at"] = f"{MONDAY + 10 * DAY:%Y-%m-%d}"
    asked = {"way": "posts"} | {f"posts-{name}": value for name, value in plan.items()}
    shown = browser.post(address, asked).content.decode()
    written = re.search(r'name="plan" value="([^"]*)"', shown)
    assert written, shown[-3000:]
    said = press(browser, address, way="apply", plan=written[1])
    assert said.count("8 seats go from “everyone”") == 3
    pools = SeatPool.objects.filter(run=story.run)
    seats = {(pool.scope, pool.court_id): pool.seats.count() for pool in pools}
    courts = [("court", bench.court.pk) for bench in story.benches[:3]]
    assert seats == dict.fromkeys(courts, 8) | {("everyone", None): 6, ("region", None): 0}
    mine = text(browser_of(story.crowded.head), f"/courses/{story.run.course.code}/")
    assert "0 of 8 seats of your court are taken; 8 are released to the region on" in mine
    story.look()


def everybody_asks(story: Story) -> None:
    """Forty-one people of four courts, in an order that nobody chose; twelve for the other run."""
    asking = [
        one
        for bench, many in zip(story.benches, (18, 7, 4, 12), strict=True)
        for one in bench.people[:many]
    ]
    for person in Random(3).sample(asking, len(asking)):
        story.ask(person, story.run)
    story.look()
    for bench in (story.crowded, story.middling, story.far):
        for person in bench.people[-3:] + bench.people[:1]:
            story.ask(person, story.consented)
    story.look()
    assert len(story.in_state(State.REQUESTED, story.consented)) == 12


def courts_nominate(story: Story) -> None:
    story.nominate(story.crowded, story.crowded.people[18:21])
    story.nominate(story.middling, story.middling.people[7:11])
    story.nominate(story.quiet, story.quiet.people[4:7])
    story.look()
    first, second, *silent = story.in_state(State.OFFERED)
    assert silent
    story.answer(first, "accept")
    story.answer(second, "decline")
    story.look()


def heads_decide(story: Story) -> None:
    """One at the page, for many at once but one; one by the API; one says nothing."""
    at_page = story.in_state(State.REQUESTED, story.consented, story.crowded)
    steps = [str(row.decisions.get().public_id) for row in at_page]
    head = browser_of(story.crowded.head)
    assert head.post("/desk/decisions/", {"answer": "no", "chosen": steps}).status_code == 200
    assert len(story.in_state(State.REQUESTED, story.consented)) == 12  # a no needs its reason
    head.post("/desk/decisions/", {"answer": "yes", "chosen": steps[1:]})
    press(head, f"/desk/decisions/{steps[0]}/", answer="no", reason="hearing")
    story.look()
    far = Caller(account=story.far.head)
    for row in story.in_state(State.REQUESTED, story.consented, story.far):
        answer = far.post(f"/decisions/{row.decisions.get().public_id}/give")
        assert answer.status_code == 200, answer.content
    story.look()
    assert len(story.in_state(State.REJECTED, story.consented)) == 1
    assert len(story.in_state(State.REQUESTED, story.consented, story.middling)) == 4


def time_goes_by(story: Story) -> None:
    """Offers end, silence refuses, and on its day what the courts left falls to the region."""
    story.pass_time(MONDAY + 3 * DAY)
    assert story.in_state(State.EXPIRED)
    story.pass_time(MONDAY + 8 * DAY)
    assert len(story.in_state(State.EXPIRED, story.consented, story.middling)) == 4
    waited = len(story.in_state(State.WAITLISTED, of=story.crowded))
    story.pass_time(MONDAY + 10 * DAY)
    assert SeatPool.objects.filter(run=story.run, released_at__isnull=False).count() == 3
    assert len(story.in_state(State.WAITLISTED, of=story.crowded)) < waited


def people_come_and_go(story: Story) -> None:
    """Offers are declined and go on; people withdraw, and the next are asked."""
    for _round in range(2):
        for row in story.in_state(State.OFFERED)[:2]:
            story.answer(row, "decline")
        story.look()
    for bench in story.benches:
        for row in story.in_state(State.CONFIRMED, of=bench)[1:3]:
            story.answer(row, "withdraw")
    story.look()
    for row in story.in_state(State.OFFERED):
        story.answer(row, "accept")
    story.look()


def the_run_moves(story: Story) -> None:
    """By a week, onto the hours of the other run; most come all the same, some say nothing."""
    story.run.refresh_from_db()
    assert story.run.starts_at is not None
    begins = story.run.starts_at + WEEK + ALMATY
    press_and_agree(
        browser_of(story.registrar),
        f"/desk/runs/{story.run.public_id}/move/",
        session_1_0=f"{begins:%Y-%m-%d}",
        session_1_1=f"{begins:%H:%M}",
        no_answer="release",
    )
    story.look()
    asked = story.in_state(State.RECONFIRM)
    busy = set(
        Enrollment.objects.filter(run=story.consented, state=State.CONFIRMED).values_list(
            "person_id", flat=True
        )
    )
    both = [row for row in asked if row.person_id in busy]
    assert both
    for row in both:
        story.answer(row, "decline")
    for row in [row for row in asked if row not in both][4:]:
        story.answer(row, "confirm")
    story.look()
    assert len(story.in_state(State.RECONFIRM)) == 4
    story.pass_time(clock.now() + 8 * DAY)
    assert not story.in_state(State.RECONFIRM)


def test_thirty_seats_are_shared_and_nobody_is_overtaken(story, record_property):
    for step in (
        share_out,
        everybody_asks,
        courts_nominate,
        heads_decide,
        time_goes_by,
        people_come_and_go,
        the_run_moves,
    ):
        step(story)

    witness = story.witness
    witness.forget_who_waits()
    story.look()  # those who wait, once more, at their last place
    assert len(set(Enrollment.objects.values_list("person_id", flat=True))) >= 60
    figures = witness.sums()
    for name, value in figures.items():
        record_property(name, value)
    print(figures)
    assert witness.states == set(State.values) - {"closed", "transferred", "cancelled"}
    assert witness.figures["seats given"] > 30
    assert {"pool_exhausted"} <= witness.reasons
