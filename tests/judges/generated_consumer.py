"""Another court system on the generated client: `generated_consumer.py ADDRESS PERSON`.

Signs in with CLIENT_ID and CLIENT_SECRET from the environment, finds the run of a course, enrols
the person, sends the same call again, is refused once, reads the feed to its end, and prints what
it was told as JSON. Runs in the judges' environment, where nothing of the service is installed.
"""

import json
import os
import sys
from uuid import UUID, uuid4

import httpx
from training_client import AuthenticatedClient
from training_client.api.courses import list_courses
from training_client.api.enrollments import enroll
from training_client.api.events import get_events_checksum, list_events
from training_client.api.runs import list_runs
from training_client.models import EnrollInputRequest, EventOut, ProblemOut


def signed_in(address: str) -> AuthenticatedClient:
    """With a token of client credentials, which is OAuth's own and not in the schema."""
    keys = (os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"])
    form = {"grant_type": "client_credentials"}
    answer = httpx.post(f"{address}/oauth/token/", data=form, auth=keys)
    return AuthenticatedClient(base_url=address, token=answer.json()["access_token"])


def all_events(client: AuthenticatedClient) -> list[EventOut]:
    events: list[EventOut] = []
    position = 0
    while True:
        page = list_events.sync(client=client, after=position, limit=2)
        events += page.items
        position = page.position
        if position == page.end:
            return events


def main(address: str, person: str) -> None:
    with signed_in(address) as client:
        courses = list_courses.sync(client=client).items
        run = list_runs.sync(client=client, course=courses[0].code).items[0]
        wish, key = EnrollInputRequest(run=run.id, person=UUID(person)), uuid4().hex
        first, again = (
            enroll.sync_detailed(client=client, body=wish, idempotency_key=key) for _ in range(2)
        )
        refusal = enroll.sync(client=client, body=wish, idempotency_key=uuid4().hex)
        events = all_events(client)
        checksum = get_events_checksum.sync(client=client)
    assert isinstance(refusal, ProblemOut)
    told = {
        "courses": [one.code for one in courses],
        "statuses": [int(first.status_code), int(again.status_code)],
        "enrollment": str(first.parsed.id),
        "again": str(again.parsed.id),
        "state": first.parsed.state.value,
        "refusal": refusal.code,
        "events": [one.type_ for one in events if one.subject.endswith(str(first.parsed.id))],
        "count": len(events),
        "checksum": checksum.count,
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
