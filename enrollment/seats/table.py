"""The state machine as a page for people, written from the table that runs."""

from enrollment.seats.enums import ENDED, HOLDING, State
from enrollment.seats.rules import EVENT_TYPES, TRANSITIONS

HEAD = """# The states of an enrolment

Written by `manage.py transition_table` from `enrollment/seats/rules.py`; `make check` compares it.
The numbers are those of the transition table that the design started from.

```mermaid
stateDiagram-v2
"""


def as_markdown() -> str:
    """A diagram, the states, and every transition with who brings it about and when."""
    arrows = [f"  {row.source or '[*]'} --> {row.target}: {row.code}" for row in TRANSITIONS]
    ends = [f"  {state} --> [*]" for state in State if state in ENDED]
    states = [
        f"| `{state}` | {_seat(state)} | {'yes' if state in ENDED else 'no'} |" for state in State
    ]
    rows = [
        f"| {row.code} | {row.source or '–'} | {row.target} | {', '.join(row.by)} | {row.guard} "
        f"| `{EVENT_TYPES[row.target]}` |"
        for row in TRANSITIONS
    ]
    return "\n".join(
        [
            HEAD + "\n".join([*arrows, *ends]),
            "```",
            "",
            "| State | Holds a seat | Ends |",
            "| --- | --- | --- |",
            *states,
            "",
            "| # | From | To | By | When | Event |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _seat(state: State) -> str:
    if state in HOLDING:
        return "yes"
    if state == State.REQUESTED:
        return "only if the run says so"
    return "spent" if state == State.CLOSED else "no"
