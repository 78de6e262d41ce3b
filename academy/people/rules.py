"""What makes an identification number well formed, and what a reported post changes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

FIRST_WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
ORGANISATION_MARKS = "456"  # fifth digit of a business number


def iin_problem(value: str) -> str | None:
    """Why this is not a Kazakh individual identification number; None when it is one.

    Twelve digits, the last a check digit: weights 1 to 11, modulo 11; when that gives 10 a second
    pass with shifted weights; when that gives 10 too, the number was never issued. Nothing about
    birth date or sex may be concluded from the digits (government decree 853, 26 August 2013).
    Answers a code: `length`, `digits`, `organisation`, `check_digit`.
    """
    if not value.isascii() or not value.isdigit():
        return "digits"
    if len(value) != 12:
        return "length"
    if value[4] in ORGANISATION_MARKS:
        return "organisation"
    digits = [int(character) for character in value]
    check = _weighted(digits, FIRST_WEIGHTS)
    if check == 10:
        check = _weighted(digits, SECOND_WEIGHTS)
    return None if check == digits[11] else "check_digit"


def _weighted(digits: list[int], weights: tuple[int, ...]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False)) % 11


def masked(value: str) -> str:
    """The form in which a number may be shown: the first four and last two digits."""
    return f"{value[:4]}{'*' * 6}{value[-2:]}" if len(value) == 12 else "*" * len(value)


@dataclass(frozen=True, slots=True)
class Post:
    """A post as HR reports it: where, as what, since when; `ends_on` is the last day in it."""

    court: str
    position: str
    kind: str
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A person as HR reports it, or as the rows say it: equal when nothing would change."""

    external_id: str
    family_name: str
    given_name: str
    patronymic: str = ""
    email: str = ""
    language: str = ""
    iin_hash: str = ""
    in_service_since: date | None = None
    left_on: date | None = None


def posts_after(held: Sequence[Post], reported: Post, *, permanent: str) -> tuple[Post, ...]:
    """The posts that a person holds once HR has reported this one.

    The same post with another last day is shortened or prolonged. A new permanent post ends the
    present permanent one on the day before: nobody holds two. Acting and seconded posts stand
    beside it.
    """
    others = [post for post in held if not _same(post, reported)]
    if reported.kind == permanent:
        day_before = reported.starts_on - timedelta(days=1)
        others = [
            _ended(post, day_before)
            if post.kind == permanent and post.starts_on < reported.starts_on
            else post
            for post in others
        ]
    return tuple(sorted((*others, reported), key=lambda post: (post.starts_on, post.court)))


def posts_of_leaver(held: Sequence[Post], left_on: date) -> tuple[Post, ...]:
    """The posts of somebody whose last day of service this was: none goes on."""
    return tuple(_ended(post, left_on) for post in held if post.starts_on <= left_on)


def permanent_clash(posts: Sequence[Post], *, permanent: str) -> bool:
    """Whether two permanent posts would be held on one day."""
    ordered = sorted((post for post in posts if post.kind == permanent), key=lambda p: p.starts_on)
    return any(
        earlier.ends_on is None or earlier.ends_on >= later.starts_on
        for earlier, later in pairwise(ordered)
    )


def _ended(post: Post, last_day: date) -> Post:
    if post.ends_on is not None and post.ends_on <= last_day:
        return post
    return replace(post, ends_on=last_day)


def _same(held: Post, reported: Post) -> bool:
    return replace(held, ends_on=None) == replace(reported, ends_on=None)


@dataclass(frozen=True, slots=True)
class NewPost:
    """A permanent post as an HR system names it; `starts_on` None: HR did not say from when."""

    court: str
    position: str
    starts_on: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to the permanent posts: the held one is kept, or another is opened."""

    keeps: bool
    starts_on: date


def step_to(wanted: NewPost, held: NewPost | None, today: date) -> Step:
    """What leads from the post that is held to the one that HR names.

    Another court or position is a move: it begins on the day that HR names, else today, but not
    before the present post. Where the same post is named with another day, the day was wrong.
    """
    if held is None or held.starts_on is None:
        return Step(False, wanted.starts_on or today)
    if (wanted.court, wanted.position) == (held.court, held.position):
        return Step(True, wanted.starts_on or held.starts_on)
    return Step(False, wanted.starts_on or max(today, held.starts_on))
