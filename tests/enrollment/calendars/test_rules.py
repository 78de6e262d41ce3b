"""What a calendar is told next, as a table and for any life of an invitation."""

from uuid import uuid4

import pytest
from hypothesis import given, strategies as st

from enrollment.calendars import rules
from enrollment.calendars.enums import Method
from enrollment.calendars.rules import Told

NOTHING, REQUEST, CANCEL = Method.NOTHING, Method.REQUEST, Method.CANCEL


@pytest.mark.parametrize(
    ("told", "status", "version", "then"),
    [
        (Told(), "CONFIRMED", "a", Told(REQUEST, 0, "a")),
        (Told(), "", "a", Told()),  # never invited: nothing to take back
        (Told(REQUEST, 0, "a"), "CONFIRMED", "a", Told(REQUEST, 0, "a")),
        (Told(REQUEST, 0, "a"), "CONFIRMED", "b", Told(REQUEST, 1, "b")),
        (Told(REQUEST, 3, "a"), "", "a", Told(CANCEL, 4, "a")),
        (Told(CANCEL, 4, "a"), "", "b", Told(CANCEL, 4, "a")),
        (Told(CANCEL, 4, "a"), "TENTATIVE", "a", Told(REQUEST, 5, "a")),  # dates again, the same
    ],
)
def test_what_is_told_next(told, status, version, then):
    assert rules.next_told(told, status=status, version=version) == then


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "CONFIRMED", "TENTATIVE"]), st.sampled_from("abc")),
        max_size=30,
    )
)
def test_a_number_stands_for_one_version_and_only_grows(life):
    told, seen = Told(), {}
    for status, version in life:
        after = rules.next_told(told, status=status, version=f"{status}{version}")
        assert after.sequence >= told.sequence
        if after.method:
            assert seen.setdefault(after.sequence, after) == after
        told = after


def test_the_name_of_an_event_is_stable_and_its_own():
    holder, session = uuid4(), uuid4()

    assert rules.uid_of(holder, session) == rules.uid_of(holder, session)
    assert (
        len({rules.uid_of(one, two) for one in (holder, uuid4()) for two in (session, uuid4())})
        == 4
    )
