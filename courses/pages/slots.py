"""What higher rooms know about the runs on a course's page: they fill the slot in apps.ready().

The catalogue shows it without knowing what an enrolment is. One batched call per page, also for
signed-out readers, whose page must be the same bytes for all of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from academy.access.queries import Viewer
from courses.search.rules import Mine


@dataclass(frozen=True, slots=True)
class RunNews:
    """About one run: how many wait (for everybody), and what the reader has to do with it.

    `state` is a kind and a state for the page kit; `url` leads to the reader's own page of it;
    `ask_url` takes the POST of the one click, where the reader may ask for a place; `nominate_url`
    leads to where the reader may name others. Where seats are shared out, `seats` says how full the
    reader's own pools are, and `is_full` whether all of them are.
    """

    waiting: int = 0
    state: tuple[str, str] | None = None
    sentence: str = ""
    url: str = ""
    ask_url: str = ""
    nominate_url: str = ""
    seats: tuple[str, ...] = ()
    is_full: bool = False


Provider = Callable[[Viewer, Sequence[int]], Mapping[int, RunNews]]

Words = Callable[[int], str]
"""What colleagues say of a course, by its key; empty where too few have said anything."""

Needs = Callable[[int], Mine]
"""What one person's post and duties ask of the catalogue, by the person's key."""

NOTHING = RunNews()
_providers: list[Provider] = []
_opinions: list[Words] = []
_needs: list[Needs] = []


def provide(provider: Provider) -> None:
    """Fill the slot; there is one provider, a second one replaces it."""
    _providers[:] = [provider]


def news_of(viewer: Viewer, runs: Sequence[int]) -> Mapping[int, RunNews]:
    """What is known about these runs, by their keys."""
    return _providers[0](viewer, runs) if _providers and runs else {}


def provide_opinion(provider: Words) -> None:
    """Fill the slot for what colleagues say; a second provider replaces the first."""
    _opinions[:] = [provider]


def opinion_of(course: int) -> str:
    """What colleagues say of a course, in words; the same for every reader."""
    return _opinions[0](course) if _opinions else ""


def provide_need(provider: Needs) -> None:
    """Fill the slot for "for me"; a second provider replaces the first."""
    _needs[:] = [provider]


def need_of(viewer: Viewer) -> Mine | None:
    """By what a reader's own list is found and ordered; nothing for who takes no training."""
    return _needs[0](viewer.person_id) if _needs and viewer.person_id is not None else None
