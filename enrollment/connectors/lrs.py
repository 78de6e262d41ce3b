"""Carry statements to the learning record store, without a transaction open while it calls."""

import base64
from collections.abc import Sequence

import orjson
import structlog
from django.conf import settings

from academy.calls import transport
from enrollment.connectors import errands
from enrollment.connectors.enums import Connector, ErrandState
from enrollment.connectors.models import Errand

BATCH = 50  # statements of one call
BATCHES = 20  # calls of one turn
VERSION = "1.0.3"
REFUSED = frozenset({400, 409, 413, 422})  # of the statements themselves: asking again is no use

log = structlog.get_logger(__name__)


def carry_to_lrs() -> int:
    """Tell the store what waits, some calls long; how many statements were settled."""
    if not settings.XAPI_ENDPOINT:
        return 0
    settled = 0
    for _ in range(BATCHES):
        batch = errands.claim(Connector.LRS, BATCH, in_order=False)
        told = _tell(batch) if batch else 0
        settled += told
        if not told:
            break
    return settled


def _tell(batch: Sequence[Errand]) -> int:
    """One call; where the store refuses a batch, each statement alone, so that one harms no other.

    A store refuses all of a batch for one statement. One that is refused alone is given up, and
    staff see it; everything else (away, busy, a wrong key) is tried again for as long as it takes.
    """
    try:
        reply = transport.post(
            f"{settings.XAPI_ENDPOINT.rstrip('/')}/statements",
            orjson.dumps([errand.body for errand in batch]),
            _headers(),
            is_ours=True,
        )
    except transport.NotCalled as error:
        return _put_off(batch, str(error))
    if 200 <= reply.status < 300:
        errands.settle(batch, ErrandState.DONE)
        return len(batch)
    if reply.status not in REFUSED:
        return _put_off(batch, f"{reply.status} {reply.text}")
    if len(batch) > 1:
        return sum(_tell([errand]) for errand in batch)
    log.warning("lrs.refused", statement=str(batch[0].key), status=reply.status)
    errands.settle(batch, ErrandState.GIVEN_UP, f"{reply.status} {reply.text}")
    return 1


def _put_off(batch: Sequence[Errand], answer: str) -> int:
    errands.try_again(batch, answer)
    log.warning("lrs.put_off", statements=len(batch), answer=answer[:200])
    return 0


def _headers() -> dict[str, str]:
    key = f"{settings.XAPI_KEY}:{settings.XAPI_SECRET}".encode()
    return {
        "Authorization": f"Basic {base64.b64encode(key).decode('ascii')}",
        "Content-Type": "application/json",
        "X-Experience-API-Version": VERSION,
    }
