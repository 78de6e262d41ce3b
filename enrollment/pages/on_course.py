"""What a course's page is told about its runs: fills the catalogue's slot."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from academy.access.enums import Right
from academy.access.queries import Viewer
from academy.core import clock
from academy.web import dates
from courses.pages.slots import RunNews
from courses.search.rules import Mine
from enrollment.credits.need_queries import need_of
from enrollment.feedback.queries import Opinion, opinion_of
from enrollment.feedback.rules import verdict
from enrollment.requests.own_queries import OnRun, on_runs
from enrollment.requests.seat_queries import OwnPool, own_pools
from enrollment.seats.enums import ACTIVE, State

KEPT_FOR = 600  # seconds


def facts(viewer: Viewer, runs: Sequence[int]) -> Mapping[int, RunNews]:
    """For each run: how many wait, the reader's own state, and whether a place can be asked for."""
    pools = _own_pools(viewer, runs)
    lines = on_runs(viewer.person_id, runs)
    return {line.run: _news(line, viewer, pools.get(line.run, [])) for line in lines}


def need(person: int) -> Mine:
    """What the person's post and duties ask of the catalogue today."""
    return need_of(person, today=clock.now().date())


def _own_pools(viewer: Viewer, runs: Sequence[int]) -> Mapping[int, list[OwnPool]]:
    """Nothing for the signed-out reader, whose page is the same for all."""
    if viewer.person_id is None:
        return {}
    return own_pools(viewer.person_id, runs, today=clock.now().date())


def _news(line: OnRun, viewer: Viewer, pools: list[OwnPool]) -> RunNews:
    can_ask = viewer.may(Right.ENROL_SELF) and not line.teaches and line.state not in ACTIVE
    names_others = viewer.may(Right.NOMINATE)
    return RunNews(
        waiting=line.waiting,
        state=("enrollment", line.state) if line.state else None,
        sentence=_sentence(line),
        url=reverse("enrollment:enrollment", args=[line.public_id]) if line.public_id else "",
        ask_url=reverse("enrollment:enroll", args=[line.run_public_id]) if can_ask else "",
        nominate_url=(
            reverse("enrollment:nominate", args=[line.run_public_id]) if names_others else ""
        ),
        seats=tuple(pool.sentence for pool in pools if pool.is_shared),
        is_full=bool(pools) and not any(pool.free for pool in pools),
    )


def _sentence(line: OnRun) -> str:
    if line.teaches:
        return _("You teach this run.")
    if line.state == State.WAITLISTED and line.queue_place:
        return _("You are number %(place)s on the waiting list.") % {"place": line.queue_place}
    return ""


@lru_cache(maxsize=2_000)
def opinion_until(course: int, _stretch: int) -> Opinion | None:
    """The opinion, looked up once in a stretch of time: it changes only when a round closes."""
    return opinion_of(course, now=clock.now())


def opinion(course: int) -> str:
    """How many colleagues answered after a course, and their mean in words; empty for too few."""
    found = opinion_until(course, int(clock.now().timestamp()) // KEPT_FOR)
    if found is None:
        return ""
    sentence = ngettext(
        "%(number)d colleague has answered. Their rating: %(mean)s of 5, %(verdict)s.",
        "%(number)d colleagues have answered. Their rating: %(mean)s of 5, %(verdict)s.",
        found.number,
    )
    mean = dates.number(round(found.mean, 1))
    return sentence % {"number": found.number, "mean": mean, "verdict": verdict(found.mean)}
