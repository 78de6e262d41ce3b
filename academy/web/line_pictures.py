"""Numbers over time: lines, in the frame and the manner of the other pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from academy.web.pictures import Frame, framed

PLOT, BELOW = 200, 28  # the field of the lines, and the room for its labels


@dataclass(frozen=True, slots=True)
class Line:
    """One series over the same moments; None where there is no number."""

    name: str
    values: Sequence[float | None]


def lines(
    frame: Frame, labels: Sequence[str], series: Sequence[Line], *, unit: str = ""
) -> SafeString:
    """Lines over time from zero upwards, with a dash and a marker for each."""
    numbers = [value for line in series for value in line.values if value is not None]
    top = _round_up(max(numbers, default=0))
    head = len(series) * 22 + 16
    drawn = format_html_join(
        "",
        "{}{}",
        (
            (_key(place, line.name), _line(line.values, place, top, head))
            for place, line in enumerate(series)
        ),
    )
    body = format_html("{}{}{}", _grid(top, unit, head), _months(labels, head), drawn)
    return framed(frame, head + PLOT + BELOW, body)


def _grid(top: float, unit: str, head: int) -> SafeString:
    """Four lines to read heights by, each with its number."""
    heights = ((step, head + PLOT - PLOT * step / 4) for step in range(5))
    return format_html_join(
        "",
        '<line class="picture-grid" x1="0" y1="{}" x2="100%" y2="{}"/>'
        '<text class="picture-small" x="0" y="{}">{}{}</text>',
        ((y, y, y - 4, _plain(top * step / 4), unit) for step, y in heights),
    )


def _months(labels: Sequence[str], head: int) -> SafeString:
    """The names of the moments, every second one where there are many."""
    step = 2 if len(labels) > 8 else 1
    return format_html_join(
        "",
        '<text class="picture-small picture-middle" x="{}%" y="{}">{}</text>',
        (
            (_across(place, len(labels)), head + PLOT + 20, label)
            for place, label in enumerate(labels)
            if place % step == 0
        ),
    )


def _key(place: int, name: str) -> SafeString:
    y = place * 22 + 9
    return format_html(
        '<line class="picture-line picture-dash-{}" x1="1" y1="{}" x2="24" y2="{}"/>{}'
        '<text x="32" y="{}">{}</text>',
        place,
        y,
        y,
        _marker(place, "13", y),
        y + 5,
        name,
    )


def _line(values: Sequence[float | None], place: int, top: float, head: int) -> SafeString:
    points = [
        None if value is None else (_across(at, len(values)), head + PLOT - PLOT * value / top)
        for at, value in enumerate(values)
    ]
    strokes = format_html_join(
        "",
        '<line class="picture-line picture-dash-{}" x1="{}%" y1="{}" x2="{}%" y2="{}"/>',
        (
            (place, first[0], round(first[1], 1), last[0], round(last[1], 1))
            for first, last in pairwise(points)
            if first and last
        ),
    )
    markers = format_html_join(
        "",
        "{}",
        ((_marker(place, f"{point[0]}%", round(point[1], 1)),) for point in points if point),
    )
    return format_html("{}{}", strokes, markers)


def _marker(place: int, x: str, y: float) -> SafeString:
    """A disc for the first series, a ring for the second."""
    shape = "picture-solid" if place == 0 else "picture-ring"
    return format_html('<circle class="{}" cx="{}" cy="{}" r="4.5"/>', shape, x, y)


def _across(place: int, count: int) -> float:
    """Where a moment lies: the first has room for the numbers of the grid before it."""
    return round(9 + 86 * place / max(count - 1, 1), 3)


def _round_up(number: float) -> float:
    """The end of a scale that four steps divide well: 4, 8, 20, 40, 100 …"""
    top = 4.0
    while top < number:
        top *= 2.5 if str(int(top))[0] == "8" else 2
    return top


def _plain(number: float) -> str:
    return f"{number:g}"
