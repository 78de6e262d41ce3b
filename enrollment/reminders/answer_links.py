"""The link of a mail that answers without signing in: one purpose, one deadline, no row of its own.

It names the enrolment, the question that was open and until when. It opens a page with buttons;
only pressing one acts, so that a scanner which follows links answers nothing. Once the question is
answered, moved or over, the link is too.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.core import signing
from django.urls import reverse

from enrollment.seats.enums import State

SALT = "enrollment.answer"
QUESTIONS = frozenset({State.OFFERED, State.RECONFIRM})


@dataclass(frozen=True, slots=True)
class Question:
    """What the holder of a link may answer."""

    enrollment: UUID
    state: State
    due_at: datetime


def path_for(enrollment: UUID, state: str, due_at: datetime | None) -> str:
    """Where this question is answered without signing in; empty where there is no question."""
    if state not in QUESTIONS or due_at is None:
        return ""
    told = [enrollment.hex, state, due_at.astimezone(UTC).isoformat()]
    token = signing.dumps(told, salt=SALT, compress=True)
    return reverse("enrollment:answer", kwargs={"token": token})


def page_of(enrollment: UUID) -> str:
    """The page of an enrolment, for who is signed in."""
    return reverse("enrollment:enrollment", kwargs={"enrollment": enrollment})


def question_of(token: str) -> Question | None:
    """What the link asks; none when it is not ours. Whether it is still open, the row says."""
    try:
        enrollment, state, due_at = signing.loads(token, salt=SALT)
        return Question(UUID(enrollment), State(state), datetime.fromisoformat(due_at))
    except (signing.BadSignature, ValueError, TypeError):
        return None
