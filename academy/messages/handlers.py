"""The one kind of message that this room knows by itself: an account was opened for you."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings

from academy.accounts import queries as accounts
from academy.core import clock
from academy.ledger.registry import Event, Handler
from academy.messages.actions import Draft, write_messages
from academy.messages.registry import Answer, Claimed, Holds, Kind, Untrue

INVITED = "account_invited"


def react(events: Sequence[Event]) -> None:
    """Write an invitation for each new account."""
    people = accounts.invited(event.subject_id for event in events)
    drafts = [
        Draft(
            person=account.person_id,
            kind=INVITED,
            subject_kind="account",
            subject_id=account.public_id,
            occurrence=str(event.public_id),
        )
        for event in events
        if (account := people.get(event.subject_id)) and account.person_id
    ]
    write_messages(drafts, at=clock.now())


def resolve(messages: Sequence[Claimed], now: datetime) -> Mapping[int, Answer]:
    """Told until a password has been chosen; the link is made at the moment of sending."""
    people = accounts.invited(message.subject_id for message in messages)
    answers: dict[int, Answer] = {}
    for message in messages:
        account = people.get(message.subject_id)
        if account is None:
            answers[message.id] = Untrue("account_in_use")
        else:
            facts = {"login": account.login, "service": str(settings.SERVICE_NAME)}
            answers[message.id] = Holds(
                facts, accounts.activation_path(account), settings.TIME_ZONE
            )
    return answers


KIND = Kind(INVITED, resolve, INVITED, urgent=True, has_secret_link=True)
HANDLER = Handler("invitations", ("account.invited",), react)
