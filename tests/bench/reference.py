"""The same rows by plain SQL: what the raw database does with them, driven by pgbench.

Both writers send BEGIN, four statements and COMMIT per enrolment, prepared, and keep every foreign
key, trigger and constraint of the real tables: enrolment, event (with its inbox row), key.
"""

CHOICE = """\
\\set n :n + 1
\\set who :client_id * :each + :n
\\set person :first_person + :who
\\set appointment :first_appointment + :who
\\set r random(0, :last)
\\set run :first_run + :r
\\set pool :first_pool + :r
\\set lock 1099511627776 + :run
"""

# The usual way: a counter of places taken, on the run.
COUNTER = """\
UPDATE bench_counter SET taken = taken + 1
 WHERE run_id = :run AND taken < :seats RETURNING taken \\gset
\\set seat :first_seat + :r * :seats + :taken - 1
"""

# This service's way: the run's lock shared, the first free seat that nobody else is taking.
SEAT_ROWS = """\
SELECT pg_advisory_xact_lock_shared(:lock);
SELECT courses_take_seat(ARRAY[:pool]::bigint[]) AS seat \\gset
"""

ROWS = """\
INSERT INTO enrollment_enrollment (public_id, run_id, person_id, appointment_id, court_id, state,
    seat_id, needs_seat, pool_ids, priority_class, source, busy, clash_allowed, created_at,
    state_since, revision, lapses, end_reason, is_late)
VALUES (gen_random_uuid(), :run, :person, :appointment, :court,
    'confirmed', :seat, true, ARRAY[:pool]::bigint[], 0, 'system',
    (SELECT busy FROM courses_run WHERE id = :run), false, now(), now(), 1, 0, '', false)
RETURNING public_id \\gset
INSERT INTO academy_event (public_id, type, time, subject_kind, subject_id, context_id, person_id,
    data, actor_kind, actor_id, actor_name, behalf_of, reason, request_id)
VALUES (gen_random_uuid(), 'enrollment.confirmed', now(), 'enrollment', :public_id,
    gen_random_uuid(), gen_random_uuid(), '{"from": null, "to": "confirmed", "revision": 1,
    "seat": 4711, "queue_number": null, "priority_class": 0}', 'client', gen_random_uuid(), '',
    gen_random_uuid(), '', md5(:seat));
INSERT INTO academy_idempotencykey (caller, key, fingerprint, status, answer, created_at)
VALUES ('9d1e1d3c-64a4-4f2a-a6f5-25dc3c9d2f11', :public_id, repeat(md5(:seat), 2),
    201, json_build_object('id', '1f6f0b86-6b0e-4c69-9f5f-7f7c2f3d9a10',
    'run', '1f6f0b86-6b0e-4c69-9f5f-7f7c2f3d9a10',
    'person', '1f6f0b86-6b0e-4c69-9f5f-7f7c2f3d9a10', 'state', 'confirmed',
    'queue_number', null, 'due_at', null, 'source', 'system',
    'is_late', false, 'end_reason', '', 'created_at', now(), 'state_since', now(), 'revision', 1),
    now());
"""


def script(claim: str) -> str:
    """One enrolment of the next person in one of the runs."""
    return f"{CHOICE}BEGIN;\n{claim}{ROWS}END;\n"
