"""Wake-ups by real HTTP: signed, in order, tried again, given up, and nobody else's trouble."""

import time
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from standardwebhooks.webhooks import WebhookVerificationError

from academy.clients import delivery, rules, webhooks
from academy.clients.models import Call, Webhook
from academy.core import clock
from academy.core.errors import Invalid, Refused
from academy.ledger import queries as ledger
from tests import factories
from tests.academy.clients.conftest import happen, hook, system, turn
from tests.academy.clients.receivers import Receiver


def later(**much):
    return time_machine.travel(clock.now() + timedelta(**much), tick=False)


def test_a_call_is_signed_and_says_where_to_read_on(owner):
    with Receiver() as receiver:
        made = hook(owner, receiver)
        happen("test.happened")
        turn()

        [told] = receiver.told(made.secret)

    assert told["type"] == "test.happened"
    assert set(told["data"]) == {"id", "subject", "position"}
    assert told["data"]["position"] == ledger.last_position()
    assert Call.objects.get().state == Call.State.TAKEN


def test_a_forged_body_is_not_verified(owner):
    with Receiver() as receiver:
        made = hook(owner, receiver)
        happen("test.happened")
        turn()
        receiver.calls[0] = (receiver.calls[0][0], receiver.calls[0][1] + b" ")

        with pytest.raises(WebhookVerificationError):
            receiver.told(made.secret)


def test_a_rotated_secret_signs_for_a_day_beside_the_new_one(owner):
    with Receiver() as receiver:
        old = hook(owner, receiver, "test.happened")
        new = webhooks.rotate_secret(webhook=old.webhook.public_id, actor=factories.ACTOR)
        happen("test.happened")
        turn()
        assert len(receiver.told(old.secret)) == len(receiver.told(new.secret)) == 1

        with later(hours=25):
            happen("test.happened")
            turn()
            receiver.calls.pop(0)
            assert len(receiver.told(new.secret)) == 1
            with pytest.raises(WebhookVerificationError):
                receiver.told(old.secret)


def test_the_same_event_is_told_once(owner):
    with Receiver() as receiver:
        hook(owner, receiver)
        happen("test.happened")
        happen()
        turn()
        turn()

    assert len(receiver.calls) == 1


def test_a_failed_call_is_tried_again_under_the_same_id(owner):
    with Receiver([503, 204]) as receiver:
        hook(owner, receiver)
        happen("test.happened")
        assert turn() == 1
        assert turn() == 0
        call = Call.objects.get()
        assert (call.state, call.status, call.attempts) == ("waiting", 503, 1)

        with later(seconds=6):
            assert turn() == 1

    first, second = (headers["webhook-id"] for headers, _body in receiver.calls)
    assert first == second == str(call.public_id)
    call.refresh_from_db()
    assert (call.state, call.status, call.attempts) == ("taken", 204, 2)


def test_events_of_one_subject_are_told_in_their_order(owner):
    subject = uuid4()
    with Receiver([500, 204]) as receiver:
        hook(owner, receiver)
        happen("test.first", "test.second", subject=subject)
        turn()
        turn()
        assert [body["type"] for body in receiver.bodies] == ["test.first"]

        with later(seconds=6):
            turn()
            turn()

    assert [body["type"] for body in receiver.bodies] == ["test.first", "test.first", "test.second"]


def test_who_answers_410_is_never_called_again(owner):
    with Receiver([410]) as receiver:
        made = hook(owner, receiver)
        happen("test.first", "test.second")
        turn()
        happen("test.third")
        with later(days=1):
            turn()

    assert len(receiver.calls) == 1
    assert Webhook.objects.get().state == Webhook.State.GONE
    assert set(Call.objects.values_list("state", flat=True)) == {"given_up", "dropped"}
    history = ledger.history_of(made.webhook.public_id).values_list("type", flat=True)
    assert list(history) == ["webhook.added", "webhook.disabled"]


def test_a_dead_receiver_is_given_up_after_three_days_and_costs_little_until_then(owner):
    with Receiver([500]) as receiver:
        hook(owner, receiver)
        happen(*["test.happened"] * 30)
        turn()
        with time_machine.travel(clock.now(), tick=False) as traveller:
            for _hour in range(73):
                traveller.shift(timedelta(hours=1))
                turn()

    assert Webhook.objects.get().state == Webhook.State.DEAD
    assert len(receiver.calls) <= 74
    assert not Call.objects.filter(state=Call.State.WAITING).exists()


def test_one_call_that_is_refused_again_and_again_holds_up_no_other(owner):
    with Receiver([500]) as receiver:
        hook(owner, receiver)
        happen("test.poison")
        turn()
        receiver.statuses = [204]
        with later(seconds=6):
            happen("test.fresh")
            receiver.statuses = [204, 500]
            turn()

    assert [body["type"] for body in receiver.bodies[1:]] == ["test.fresh", "test.poison"]
    assert Webhook.objects.get().rests_until is None


def test_a_slow_receiver_is_cut_off_and_harms_nobody(owner, monkeypatch):
    monkeypatch.setattr("academy.calls.transport.LONGEST", 0.2)
    with Receiver(drips=True) as slow, Receiver() as quick:
        hook(owner, slow, "test.happened")
        hook(system("full"), quick, "test.happened")
        happen("test.happened", "test.happened")
        began = time.monotonic()
        turn()
        took = time.monotonic() - began

    assert (len(slow.calls), len(quick.calls)) == (1, 2)
    assert took < 10  # all that it would say takes twenty seconds
    assert Call.objects.filter(state="waiting", status=None, attempts=1).count() == 1


def test_a_receiver_that_is_not_there_is_noted(owner):
    with Receiver() as receiver:
        hook(owner, receiver)
    happen("test.happened")
    turn()

    call = Call.objects.get()
    assert (call.state, call.answer) == ("waiting", "ConnectionRefusedError")


def test_what_a_killed_worker_left_behind_is_taken_up_again(owner):
    with Receiver() as receiver:
        hook(owner, receiver)
        happen("test.happened")
        delivery.claim()  # and the worker dies
        assert turn() == 0
        with later(seconds=91):
            assert turn() == 1

    assert len(receiver.calls) == 1


def test_a_system_is_not_woken_for_what_it_may_not_see(db):
    evaluator = system("evaluator")
    with Receiver() as receiver:
        hook(evaluator, receiver)
        happen("enrollment.waitlisted", "credit.earned")
        turn()

        with pytest.raises(Invalid, match="unknown_event_type"):
            hook(evaluator, receiver, "enrollment.waitlisted")

    assert [body["type"] for body in receiver.bodies] == ["credit.earned"]
    assert Webhook.objects.count() == 1


def test_a_paused_webhook_is_silent_and_a_resumed_one_is_called(owner):
    with Receiver() as receiver:
        made = hook(owner, receiver, "test.happened").webhook.public_id
        happen("test.happened")
        webhooks.pause_webhook(webhook=made, actor=factories.ACTOR)
        happen("test.happened")
        turn()
        assert receiver.calls == []
        with pytest.raises(Refused, match="webhook_inactive"):
            webhooks.try_webhook(webhook=made, actor=factories.ACTOR)

        webhooks.resume_webhook(webhook=made, actor=factories.ACTOR)
        happen("test.happened")
        turn()

    assert len(receiver.calls) == 1


def test_a_call_can_be_replayed_and_a_webhook_tried(owner):
    with Receiver() as receiver:
        made = hook(owner, receiver, "test.happened")
        happen("test.happened")
        turn()
        webhooks.replay_call(call=Call.objects.get().public_id, actor=factories.ACTOR)
        webhooks.try_webhook(webhook=made.webhook.public_id, actor=factories.ACTOR)
        turn()

        told = receiver.told(made.secret)

    assert [body["type"] for body in told] == ["test.happened", "test.happened", "webhook.test"]
    first, again, _test = (headers["webhook-id"] for headers, _body in receiver.calls)
    assert first == again


def test_old_calls_are_forgotten(owner):
    with Receiver() as receiver:
        hook(owner, receiver)
        happen("test.happened")
        turn()
        with later(days=29):
            assert delivery.forget_calls() == 0
        with later(days=31):
            assert delivery.forget_calls() == 1


def test_the_steps_of_the_backoff_take_three_days():
    pauses = [rules.pause_after(attempts) for attempts in range(1, 11)]

    assert pauses[-1] is None
    assert timedelta(days=3) <= sum(pauses[:-1], timedelta()) <= timedelta(days=3, hours=6)
    assert pauses[:-1] == sorted(pauses[:-1])


def test_an_address_inside_is_refused_when_it_is_registered(owner, settings):
    settings.WEBHOOKS_TO_PRIVATE = False

    with pytest.raises(Invalid, match="webhook_address"):
        webhooks.add_webhook(
            client=owner.public_id, url="https://10.0.0.1/", types=[], actor=factories.ACTOR
        )

    assert Webhook.objects.count() == 0
