"""A registrar's year on the national seed: 2,000 runs, 13,000 people, 150,000 enrolments.

Each step is previewed or taken back before it counts. Every page of the desk is loaded a few times,
and what a load costs the service in processor time is the time that it takes where nobody else is
at work. With SHOTS=folder the steps are photographed in three languages and two widths.
"""

import io
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import xlsxwriter
from django.core.cache import cache
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from academy.people.models import Appointment
from courses.catalogue.models import Course
from courses.development.models import Proposal
from courses.planning.enums import RunState
from courses.planning.models import Run, SeatPool
from courses.planning.year_queries import year_of
from enrollment.figures.enums import Picture
from enrollment.requests import bulk, nominations, plan_copies
from enrollment.requests.models import Nomination
from enrollment.seats.enums import ACTIVE, State
from enrollment.seats.models import Enrollment
from tests.browser.conftest import NARROW, WIDE
from tests.browser.developing import decided, press, send, written
from tests.browser.nation import BAD, HELD, IN_EACH, LISTED, Nation
from tests.browser.work import spent
from tests.courses.development.stage import LANGUAGES, WORDS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.proof,
    pytest.mark.timeout(3_600),
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),  # one Chromium and one web server
]

SHARED, LOADS, SLOW = 30, 5, 300


@pytest.fixture
def nation(transactional_db, settings) -> Nation:
    cache.clear()
    settings.DEMO = True
    return Nation()


class Desk:
    """The registrar's browser, its clock and its camera."""

    def __init__(self, window, nation: Nation, record) -> None:
        self.window, self.nation, self.record = window, nation, record
        self.page: Page = self.sit("registrar", "en")
        self.shots, self.numbers = os.environ.get("SHOTS"), count(1)
        self.slow: dict[str, int] = {}

    def sit(self, login, language, width=WIDE):
        return self.window.open(self.nation.accounts[login], language=language, width=width)

    def go(self, path: str) -> Page:
        self.page.goto(path)
        return self.page

    def deed(self, what: str, selector: str) -> None:
        """Press it; what the deed and the page that it leads to cost."""
        before = spent()
        self.page.locator(selector).first.click()
        self.page.wait_for_load_state()
        self.record(f"ms, deed: {what}", round(spent() - before))

    def look(self, what: str, path: str = "") -> None:
        """A page that a step leads to: timed and photographed."""
        path = path or self.page.url
        self.time(what, path)
        self.photograph(what, path)

    def time(self, what: str, path: str) -> None:
        """What one load costs the service, after the first."""
        for load in range(LOADS + 1):
            if load == 1:
                before = spent()
            answer = self.page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
        cost = round((spent() - before) / LOADS)
        self.record(f"ms: {what}", cost)
        if cost > SLOW:
            self.slow[what] = cost

    def photograph(self, what: str, path: str = "", login: str = "registrar") -> None:
        """A page that has an address in every language; one that has none as it stands."""
        if not self.shots:
            return
        number = next(self.numbers)
        for width in (WIDE, NARROW):
            for language in LANGUAGES if path else ("",):
                page = self.sit(login, language, width) if path else self.page
                if path:
                    page.goto(path)
                else:
                    page.set_viewport_size({"width": width, "height": 800})
                name = f"{number:02}-{what.replace(' ', '-')}-{language}-{width}.png"
                page.screenshot(path=Path(self.shots) / name, full_page=True)
                if path:
                    page.context.close()
        if not path:
            self.page.set_viewport_size({"width": WIDE, "height": 800})


def tick(page: Page, runs: list[Run], operation: str) -> None:
    """In the list of runs: these, and what to do with them."""
    for run in runs:
        page.locator(f'[name=run][value="{run.public_id}"]').check()
    page.locator("[name=operation]").select_option(operation)


def test_a_registrars_year_on_the_national_seed(nation, window, record_property, tmp_path):
    for what, number in nation.counts().items():
        record_property(what, number)
    desk = Desk(window, nation, record_property)
    year = year_of(nation.held[0].starts_at)

    every_page(desk, year)
    copied_and_taken_back(desk, year)
    shared(desk)
    nominated(desk, tmp_path)
    merged(desk)
    cancelled(desk)
    finalised(desk)
    developed(desk)

    assert desk.slow == {}


def every_page(desk: Desk, year: int) -> None:
    for what, path in pages(desk.nation, year):
        desk.time(what, path)


def pages(nation: Nation, year: int) -> Iterator[tuple[str, str]]:
    yield "desk", "/desk/"
    yield "runs", "/desk/runs/"
    for state in ("published", "finished", "finalised"):
        yield f"runs {state}", f"/desk/runs/?state={state}"
    past = Run.objects.filter(code__contains="-P", state=RunState.FINALISED).latest("starts_at")
    for what in ("", "as-known/", "trips/", "feedback/", "signatures/"):
        yield f"run of the past {what.strip('/')}".strip(), f"/desk/runs/{past.public_id}/{what}"
    ahead = nation.asked.public_id
    for what in ("", "queue/", "rules/", "pools/", "nominate/", "move/", "split/", "notice/"):
        yield f"run ahead {what.strip('/')}".strip(), f"/desk/runs/{ahead}/{what}"
    court = Appointment.objects.filter(person=nation.people[0])[0].court
    yield "nominate by court", f"/desk/runs/{ahead}/nominate/?court={court.code}"
    yield "nominate by name", f"/desk/runs/{ahead}/nominate/?search=А"
    yield "plan year", f"/desk/plan/{year}/"
    yield "plan month", f"/desk/plan/{year}/?month=4"
    yield "plan board", f"/desk/plan/{year}/board/"
    yield "plan board done", f"/desk/plan/{year}/board/?column=done"
    yield "plan places", f"/desk/plan/{year}/places/"
    yield "plan print", f"/desk/plan/{year}/print/"
    yield "plan copy", f"/desk/plan/{year}/copy/"
    for picture in Picture.values:
        yield f"figure {picture}", f"/desk/figures/{picture}/"
    for name in (
        *("decisions", "nominations", "bulk", "imports", "exports", "figures"),
        *("trips", "interest", "proposals", "partners", "needs", "owed"),
        *("requirements", "priority", "messages", "addresses", "reminders", "reminders/next"),
        *("questionnaires", "health", "invariants", "systems"),
    ):
        yield name, f"/desk/{name}/"
    yield "catalogue", "/courses/"
    yield "course", f"/courses/{nation.course.code}/"


def copied_and_taken_back(desk: Desk, year: int) -> None:
    """Last year's plan into the next: shown, copied, taken back, copied again."""
    page, before = desk.page, Run.objects.count()
    for keeps in (False, True):
        desk.go(f"/desk/plan/{year}/copy/")
        desk.deed("ask for a copy of the year", "main form button[type=submit]")
        plan_copies.carry_on_all()  # as the worker does
        desk.look("copy of the year, shown", page.url)
        assert Run.objects.count() == before
        desk.deed("copy the year", 'main form[action$="/apply/"] button')
        while plan_copies.carry_on_all():
            pass
        made = Run.objects.count() - before
        assert made > 0
        desk.look("copy of the year, made", page.url)
        if not keeps:
            desk.deed("take the copy back", 'main form[action$="/undo/"] button')
            assert Run.objects.count() == before
            desk.look("copy of the year, taken back", page.url)
    desk.record("runs copied into the next year", made)
    desk.look("plan of the next year", f"/desk/plan/{year + 1}/")
    desk.look("board of the next year", f"/desk/plan/{year + 1}/board/")


def shared(desk: Desk) -> None:
    """Ten seats of each of thirty runs among the courts by their posts, in one operation."""
    page = desk.go("/desk/runs/?state=published")
    ticked = page.locator("[name=run]").evaluate_all("boxes => boxes.map(box => box.value)")
    limited = Run.objects.filter(public_id__in=ticked, capacity__gte=10)
    runs = list(limited.order_by("-pk")[:SHARED])
    tick(page, runs, "share")
    desk.deed("choose what to share", "main fieldset button[type=submit]")
    desk.photograph("share, asked")
    page.locator("[name=seats]").fill("10")
    page.locator("[name=posts]").select_option("judges")
    desk.deed("try the sharing", "main .measure form button[type=submit]")
    bulk.carry_on_all()
    desk.look("sharing of 30 runs, tried", page.url)
    pools = SeatPool.objects.filter(run__in=runs, scope="court")
    assert not pools.exists()
    desk.deed("share", 'main form[action$="/apply/"] button')
    bulk.carry_on_all()
    desk.look("sharing of 30 runs, done", page.url)
    assert pools.values("run").distinct().count() == len(runs)
    desk.record("runs shared among courts", len(runs))
    desk.look("pools of a shared run", f"/desk/runs/{runs[0].public_id}/pools/")


def nominated(desk: Desk, folder: Path) -> None:
    """A list with five bad rows in a hundred; the good ones go in, the others come back mended."""
    page, run = desk.page, desk.nation.asked
    content, right = desk.nation.office_list()
    named(desk, "list.csv", content)
    assert Enrollment.objects.filter(run=run).count() == 1
    desk.look("nomination of 100, tried", page.url)
    with page.expect_download() as fetched:
        page.locator('a[href$="to-mend.xlsx"]').click()
    fetched.value.save_as(folder / "to-mend.xlsx")
    desk.deed("nominate 95", 'main form[action$="/apply/"] button')
    nominations.carry_on_all()
    desk.look("nomination of 100, done", page.url)
    assert Enrollment.objects.filter(run=run).count() == 1 + LISTED - BAD

    named(desk, "mended.xlsx", mended(folder / "to-mend.xlsx", right))
    desk.deed("nominate the rest", 'main form[action$="/apply/"] button')
    assert Enrollment.objects.filter(run=run).count() == 1 + LISTED
    assert Nomination.objects.filter(run=run).count() == 2
    desk.record("people nominated from lists", LISTED)
    desk.look("run with 101 people", f"/desk/runs/{run.public_id}/")


def named(desk: Desk, name: str, content: bytes) -> None:
    page = desk.go(f"/desk/runs/{desk.nation.asked.public_id}/nominate/")
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": content}
    )
    desk.deed(f"try {name}", 'main form[method="post"] button.button[type=submit]')


def mended(path: Path, right: list[str]) -> bytes:
    """The file of bad rows with the right numbers written in."""
    head, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert len(rows) == BAD
    assert all(row[2] for row in rows)  # what to mend
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, head)
        for place, (row, number) in enumerate(zip(rows, right, strict=True), start=1):
            sheet.write_row(place, 0, [number, *row[1:]])
    return file.getvalue()


def merged(desk: Desk) -> None:
    """Two thin runs become one: from the two ticked boxes to the report."""
    thin, other = desk.nation.thin
    page = desk.go("/desk/runs/?state=published")
    tick(page, [thin, other], "message")
    page.locator("main fieldset button[type=submit]").click()
    page.locator(f'main a[href="/desk/runs/{thin.public_id}/merge/"]').click()
    page.locator("[name=into]").select_option(str(other.public_id))
    in_two_steps(desk, "merge", [thin, other])
    thin.refresh_from_db()
    assert thin.state == RunState.CANCELLED
    assert Enrollment.objects.filter(run=other, state__in=ACTIVE).count() == 2 * IN_EACH
    desk.record("runs merged", 2)


def cancelled(desk: Desk) -> None:
    run = desk.nation.doomed
    page = desk.go(f"/desk/runs/{run.public_id}/cancel/")
    page.locator("[name=reason]").select_option("too_few")
    in_two_steps(desk, "cancel", [run])
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED
    assert set(run.enrollments.values_list("state", flat=True)) == {State.CANCELLED}
    desk.record("runs cancelled", 1)


def in_two_steps(desk: Desk, what: str, runs: list[Run]) -> None:
    """Ask what would happen, see that nothing did, agree, look at the report."""
    before = standing(runs)
    desk.deed(f"what a {what} would do", 'main form[method="post"] button.button[type=submit]')
    expect(desk.page.locator("[name=agreed]")).to_have_count(1)
    for run in runs:
        expect(desk.page.locator("main")).to_contain_text(run.code)
    assert standing(runs) == before
    desk.photograph(f"{what}, shown")
    desk.deed(what, 'main form[method="post"] button.button[type=submit]')
    expect(desk.page.locator(".notice-success")).to_be_visible()
    desk.look(f"report of the {what}")


def standing(runs: list[Run]) -> list[object]:
    rows = Enrollment.objects.filter(run__in=runs).order_by("pk").values_list("state", "run")
    return [*rows, *Run.objects.filter(pk__in=[run.pk for run in runs]).values_list("state")]


def finalised(desk: Desk) -> None:
    page = desk.go("/desk/runs/?state=finished")
    held = Run.objects.filter(pk__in=[run.pk for run in desk.nation.held])
    tick(page, list(held), "finalise")
    desk.deed("choose what to finalise", "main fieldset button[type=submit]")
    desk.deed("try to finalise ten", "main .measure form button[type=submit]")
    bulk.carry_on_all()  # what nobody had the patience to wait for
    desk.look("finalising of ten, tried")
    assert set(held.values_list("state", flat=True)) == {RunState.FINISHED}
    desk.deed("finalise ten", 'main form[action$="/apply/"] button')
    bulk.carry_on_all()
    desk.look("finalising of ten, done")
    assert held.filter(state=RunState.FINALISED).count() == HELD
    desk.record("runs finalised", HELD)


def developed(desk: Desk) -> None:
    """The Supreme Court proposes; two other bodies decide; the academy publishes the course."""
    author, reviewer = desk.sit("partner", "ru"), desk.sit("partner2", "kk", NARROW)
    written(author, shape="in-person")
    row = Proposal.objects.latest("pk")
    desk.look("proposal", f"/desk/proposals/{row.public_id}/")
    desk.go(f"/desk/proposals/{row.public_id}/start/")
    send(desk.page)
    reviewer.goto(f"/desk/proposals/{row.public_id}/?section=hours")
    reviewer.locator("[name=body]").first.select_option("methodical-council")
    reviewer.locator("[name=kind][value=object]").check()
    reviewer.locator("[name=text]").fill("Тым ұзақ.")
    press(reviewer, "comment")
    author.goto(f"/desk/proposals/{row.public_id}/")
    author.locator('main a[href*="/comments/"]').first.click()
    author.locator("[name=text]").fill("Два дня по восемь часов.")
    author.locator("[name=settles]").check()
    send(author)
    for step in row.steps.order_by("place"):
        decided(reviewer, row, step)
    desk.look("proposal, accepted", f"/desk/proposals/{row.public_id}/")
    desk.go(f"/desk/proposals/{row.public_id}/catalogue/")
    desk.photograph("into the catalogue")
    desk.page.locator("[name=code]").fill("DP-1")
    desk.page.locator("[name=provider]").select_option("academy-of-justice")
    send(desk.page)
    assert Course.objects.get(code="DP-1").status == "published"
    for language in LANGUAGES:
        page = desk.window.open(language=language)
        page.goto("/courses/DP-1/")
        expect(page.locator("main h1")).to_have_text(WORDS["title"][language])
    desk.look("the course that came of it", "/courses/DP-1/")
    desk.record("languages of the course that came of a proposal", len(LANGUAGES))
