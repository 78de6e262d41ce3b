"""A mail server, and a kind of message whose truth the test decides."""

from dataclasses import dataclass, field

import pytest

from academy.core import clock, ids
from academy.messages import actions, registry
from academy.messages.actions import Draft
from academy.messages.models import Message, Outgoing
from academy.messages.registry import Holds, Kind, Untrue
from tests import factories


@dataclass
class Notice:
    """Messages of one kind, with what its resolver answers."""

    untrue: dict[int, str] = field(default_factory=dict)
    breaks: set[int] = field(default_factory=set)
    batches: list[int] = field(default_factory=list)

    def resolve(self, messages, _now):
        self.batches.append(len(messages))
        if any(each.person_id in self.breaks for each in messages):
            raise RuntimeError("poison")
        return {each.id: self.answer(each) for each in messages}

    def answer(self, message):
        if message.person_id in self.untrue:
            return Untrue(self.untrue[message.person_id])
        return Holds(
            {"course": {"en": "Evidence", "ru": "Доказательства"}, "run": "R-1"}, "/", "UTC"
        )

    def write(self, *people, occurrence="1", **options):
        drafts = [
            Draft(one.pk, "test.notice", "thing", ids.public_id(), occurrence, **options)
            for one in people
        ]
        actions.write_messages(drafts, at=clock.now())
        return [Message.objects.get(subject_id=draft.subject_id) for draft in drafts]

    def person(self, **columns):
        made = factories.person()
        for name, value in columns.items():
            setattr(made, name, value)
        made.save()
        return made


def place_of(message):
    """Where it stands among the outgoing, exactly as long as it waits; None afterwards."""
    message.refresh_from_db()
    place = Outgoing.objects.filter(message=message).first()
    assert (place is not None) == (message.state == Message.State.WAITING)
    return place


def outcome(message):
    """Its state, and why it was put off or ended so."""
    place = place_of(message)
    return message.state, (place or message).outcome


@pytest.fixture
def notice(monkeypatch):
    made = Notice()
    kinds = {
        **registry._kinds,
        "test.notice": Kind("test.notice", made.resolve, "enrollment_withdrawn"),
    }
    monkeypatch.setattr(registry, "_kinds", kinds)
    return made
