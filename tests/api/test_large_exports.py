"""A file of a nation's enrolments: as little memory as for a court's, whatever kills the worker."""

import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import connection

from academy.core import clock
from academy.exports.models import Export
from enrollment.requests.actions import withdraw
from tests import factories
from tests.api import export_worker
from tests.api.calls import Caller
from tests.enrollment.stage import ask
from tests.factories import ACTOR

pytestmark = [
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(1_800),
]

FEW, MANY, PEOPLE = 20_000, 150_000, 1_000
FORMS = {
    "ndjson": {"format": "ndjson"},
    "csv.gz": {"format": "csv", "gzip": True},
    "xlsx": {"format": "xlsx"},
}
SLACK = 12  # MB: what an allocator keeps or gives back

# One ended enrolment, again for each person and run; the first is there already.
ENROLLMENTS = """
INSERT INTO enrollment_enrollment
SELECT copy.* FROM enrollment_enrollment sample,
LATERAL (SELECT nextval(pg_get_serial_sequence('enrollment_enrollment', 'id')) AS number,
                person.id AS person
           FROM academy_person person, generate_series(1, %s)
          WHERE person.id = ANY(%s)) drawn,
LATERAL jsonb_populate_record(sample, jsonb_build_object(
    'id', number, 'public_id', gen_random_uuid(), 'person_id', person)) copy
 WHERE sample.id = %s
"""


@dataclass(frozen=True, slots=True)
class Written:
    """A file as it was written: its rows and bytes, the worker's peak, and how long it took."""

    rows: int
    digest: str
    megabytes: int
    seconds: float


@pytest.fixture
def place(settings, tmp_path):
    """Where files lie, for this process and for the worker."""
    settings.EXPORTS_ROOT = tmp_path
    address = os.environ["DATABASE_URL"].rpartition("/")[0]
    return os.environ | {
        "DATABASE_URL": f"{address}/{connection.settings_dict['NAME']}",
        "EXPORTS_ROOT": str(tmp_path),
        "DB_POOL_SIZE": "1",
        "LOG_LEVEL": "WARNING",
    }


@pytest.fixture
def sample(transactional_db):
    """One enrolment that has ended, and the people who will have had the same."""
    claim = ask(factories.run(seats=1), factories.person())
    withdraw(enrollment=claim.public_id, actor=ACTOR, reason="hearing")
    return claim, [person.pk for person in factories.people(PEOPLE)]


def enrol_up_to(total, sample):
    claim, people = sample
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM enrollment_enrollment WHERE id <> %s", [claim.pk])
        times = (total - cursor.fetchone()[0]) // PEOPLE
        cursor.execute(ENROLLMENTS, [times, people, claim.pk])
        cursor.execute("ANALYZE enrollment_enrollment")


def start(place):
    worker = subprocess.Popen(
        [sys.executable, "-m", export_worker.__name__], env=place, stdout=subprocess.PIPE
    )
    assert worker.stdout.readline() == b"begins\n"
    return worker


def peak_of(worker):
    """The highest proportional memory of the process until it ends, in MB."""
    highest = 0
    while worker.poll() is None:
        try:
            lines = Path(f"/proc/{worker.pid}/smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            break
        found = [int(line.split()[1]) for line in lines if line.startswith("Pss:")]
        highest = max(highest, *found, 0)
        time.sleep(0.02)
    worker.communicate()
    assert worker.returncode == 0
    return highest // 1024


def written(caller, wish, place, *, kills=0):
    """Ask for a file and have it written, by as many workers as are killed and one more."""
    asked = caller.post("/exports", {"kind": "enrollments", **wish}).json()
    began, dice = time.monotonic(), random.Random(kills)
    for _ in range(kills):
        worker = start(place)
        time.sleep(dice.uniform(0.2, 1.2))
        worker.kill()
        worker.communicate()
        Export.objects.update(lease_until=clock.now())  # its two minutes are over
    peak = peak_of(start(place))
    seconds = time.monotonic() - began
    body = caller.get(f"/exports/{asked['id']}").json()
    assert body["state"] == "done", body
    content = b"".join(Caller().http.get(body["file"]).streaming_content)
    return Written(body["rows"], sha256(content).hexdigest(), peak, seconds)


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs Linux")
def test_a_large_file_takes_no_more_memory_than_a_small_one_and_survives_kills(
    cast, sample, place, record_property
):
    registrar = Caller(account=cast.clara_account)
    enrol_up_to(FEW, sample)
    small = {form: written(registrar, wish, place) for form, wish in FORMS.items()}
    enrol_up_to(MANY, sample)

    large = {form: written(registrar, wish, place) for form, wish in FORMS.items()}
    killed = written(registrar, FORMS["ndjson"], place, kills=6)

    assert {one.rows for one in small.values()} == {FEW + 1}
    assert {one.rows for one in large.values()} == {MANY + 1}
    assert (killed.rows, killed.digest) == (MANY + 1, large["ndjson"].digest)
    for form in FORMS:
        record_property(f"rows of {form} in a second", round(MANY / large[form].seconds))
        record_property(f"MB for {FEW:,} rows of {form}", small[form].megabytes)
        record_property(f"MB for {MANY:,} rows of {form}", large[form].megabytes)
    record_property("kills", 6)
    assert {
        form: large[form].megabytes - small[form].megabytes > SLACK for form in FORMS
    } == dict.fromkeys(FORMS, False)
