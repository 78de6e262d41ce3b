"""Changes of webhooks: registered, given a new secret, tried, paused, removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from academy.calls import signing, transport
from academy.clients import projections, rules
from academy.clients.models import Call, Client, Webhook
from academy.core import clock, ids
from academy.core.actor import Actor
from academy.core.errors import Invalid, Missing, Refused
from academy.core.keyed import Keyed
from academy.ledger.actions import Fact, record

MOST = 10  # webhooks of one client
TEST = "webhook.test"
State = Webhook.State
PROBLEMS = {
    "malformed": _("This is no address that can be called: no user, no password, no fragment."),
    "not_https": _("Only https addresses are called."),
    "private": _("This address is inside a private network; only public ones are called."),
}


@dataclass(frozen=True, slots=True)
class WithSecret:
    """A webhook, and its secret this one time."""

    webhook: Webhook
    secret: str


def add_webhook(
    *, client: UUID, url: str, types: Sequence[str], actor: Actor, keyed: Keyed | None = None
) -> WithSecret:
    """Register an address that is called when events of these types happen (none: all it may see).

    Refuses an address inside a private network, types that the client may not see, and the
    eleventh webhook of one client.
    """
    if problem := transport.problem_of(url):
        raise Invalid("webhook_address", PROBLEMS[problem], fields={"url": [PROBLEMS[problem]]})
    secret, at = signing.new_secret(), clock.now()
    with transaction.atomic(durable=True):
        owner: Client | None = Client.objects.select_for_update().filter(public_id=client).first()
        if owner is None:
            raise Missing("unknown_client", _("There is no such system."))
        _check_types(owner, types)
        if owner.webhooks.exclude(state=State.REMOVED).count() >= MOST:
            raise Refused("too_many_webhooks", _("One system may have ten webhooks at most."))
        webhook = Webhook.objects.create(
            client=owner,
            url=url,
            types=sorted(set(types)),
            secret=signing.seal(secret),
            created_at=at,
        )
        record([_fact("webhook.added", webhook)], actor=actor, at=at)
        if keyed:
            keyed.keep(webhook)
    return WithSecret(webhook, secret)


def _check_types(owner: Client, types: Sequence[str]) -> None:
    shown = projections.projection(owner.projection)
    if hidden := sorted(kind for kind in set(types) if not shown.shows(kind)):
        sentence = _("There are no such events for this system: %s.") % ", ".join(hidden)
        raise Invalid("unknown_event_type", sentence, fields={"types": [sentence]})


def rotate_secret(*, webhook: UUID, actor: Actor, keyed: Keyed | None = None) -> WithSecret:
    """Give a webhook a new secret; for 24 hours calls are signed with the former one as well."""
    secret, at = signing.new_secret(), clock.now()
    with transaction.atomic(durable=True):
        row = _locked(webhook)
        row.former_secret, row.former_until = row.secret, at + rules.OVERLAP
        row.secret = signing.seal(secret)
        row.save(update_fields=["secret", "former_secret", "former_until"])
        record([_fact("webhook.rotated", row)], actor=actor, at=at)
        if keyed:
            keyed.keep(row)
    return WithSecret(row, secret)


def pause_webhook(*, webhook: UUID, actor: Actor, keyed: Keyed | None = None) -> Webhook:
    """Stop calling an address for a while; what happens meanwhile is read from the feed."""
    return _become(webhook, State.PAUSED, "webhook.paused", actor, keyed)


def resume_webhook(*, webhook: UUID, actor: Actor, keyed: Keyed | None = None) -> Webhook:
    """Call an address again that was paused, answered 410, or could not be reached."""
    return _become(webhook, State.ACTIVE, "webhook.resumed", actor, keyed)


def remove_webhook(*, webhook: UUID, actor: Actor, keyed: Keyed | None = None) -> Webhook:
    """Never call an address again; its log stays for a month."""
    return _become(webhook, State.REMOVED, "webhook.removed", actor, keyed)


def _become(
    webhook: UUID, state: Webhook.State, event: str, actor: Actor, keyed: Keyed | None
) -> Webhook:
    with transaction.atomic(durable=True):
        row = _locked(webhook)
        settle(row, state)
        record([_fact(event, row)], actor=actor, at=clock.now())
        if keyed:
            keyed.keep(row)
    return row


def settle(row: Webhook, state: Webhook.State) -> None:
    """Bring a locked webhook into this state; calls that wait for one that stopped are dropped."""
    row.state, row.rests_until, row.failing_since = state, None, None
    row.save(update_fields=["state", "rests_until", "failing_since"])
    if state != State.ACTIVE:
        row.calls.filter(state=Call.State.WAITING).update(state=Call.State.DROPPED)


def disable(*, webhook: int, state: Webhook.State, actor: Actor) -> None:
    """Stop calling an address that answered 410 or has been silent for three days."""
    with transaction.atomic(durable=True):
        row = Webhook.objects.select_for_update().get(pk=webhook)
        if row.state == State.ACTIVE:
            settle(row, state)
            record([_fact("webhook.disabled", row)], actor=actor, at=clock.now())


def try_webhook(*, webhook: UUID, actor: Actor, keyed: Keyed | None = None) -> Call:
    """Call an address once with an event that never happened, whatever it is resting from."""
    at = clock.now()
    with transaction.atomic(durable=True):
        row = _locked(webhook)
        if row.state != State.ACTIVE:
            raise Refused("webhook_inactive", _("This webhook is not active; resume it first."))
        _wake(row)
        call = Call.objects.create(
            webhook=row,
            event_id=ids.public_id(),
            type=TEST,
            subject=f"webhook/{row.public_id}",
            due_at=at,
            created_at=at,
        )
        record([_fact("webhook.tested", row)], actor=actor, at=at)
        if keyed:
            keyed.keep(call)
    return call


def replay_call(*, call: UUID, actor: Actor, keyed: Keyed | None = None) -> Call:
    """Make a call again that was taken or given up, under the same id, so that a receiver that
    has it already can tell.
    """
    at = clock.now()
    with transaction.atomic(durable=True):
        found = Call.objects.filter(public_id=call).values_list("webhook__public_id").first()
        if found is None:
            raise Missing("unknown_call", _("There is no such call."))
        webhook = _locked(found[0])
        row = Call.objects.select_for_update().get(public_id=call)
        if webhook.state != State.ACTIVE:
            raise Refused("webhook_inactive", _("This webhook is not active; resume it first."))
        _wake(webhook)
        row.state, row.due_at, row.attempts, row.lease_until = Call.State.WAITING, at, 0, None
        row.save(update_fields=["state", "due_at", "attempts", "lease_until"])
        record([_fact("webhook.replayed", webhook)], actor=actor, at=at)
        if keyed:
            keyed.keep(row)
    return row


def _wake(row: Webhook) -> None:
    row.rests_until = None
    row.save(update_fields=["rests_until"])


def _locked(webhook: UUID) -> Webhook:
    found = Webhook.objects.select_for_update().filter(public_id=webhook).first()
    if found is None or found.state == State.REMOVED:
        raise Missing("unknown_webhook", _("There is no such webhook."))
    return found


def _fact(event: str, row: Webhook) -> Fact:
    data = {"state": row.state, "types": row.types}
    return Fact(event, "webhook", row.public_id, context_id=row.client.public_id, data=data)
