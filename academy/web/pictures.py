"""Pictures of numbers as inline SVG: bars, bars of parts, a grid of tiles.

Pure: numbers and words in, markup out. Widths are shares of the page, heights are pixels, so a
picture fits a phone and a sheet of paper while its letters keep their size. There is no style and
no script: classes say what a shape is, the stylesheet says how it looks, in dark, on paper and in
high contrast. Each series has a hatch (bars) or a dash and a marker (lines) of its own beside its
colour, and every number stands in words, so nothing is told by colour alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

SERIES = 6  # kinds of shading that an eye tells apart; more parts than that belong in one "other"
LETTERS = 34  # of a label, what a narrow phone has room for beside the number
LINE, BAR, PITCH = 15, 16, 48  # pixels: baseline of a label, height of a bar, from row to row
TILE, GAP = 58, 4


@dataclass(frozen=True, slots=True)
class Frame:
    """What the picture is called and what it shows, for those who hear the page; `key` is unique
    on the page.
    """

    key: str
    title: str
    says: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: its name, its parts in the order of the series, and the numbers in words.

    `parts` is None where the numbers are not shown.
    """

    label: str
    parts: Sequence[float] | None
    shown: str


@dataclass(frozen=True, slots=True)
class Tile:
    """One place in the grid: row and column from 1, its share (0 to 1), and words."""

    row: int
    column: int
    name: str
    shown: str
    full_name: str
    level: float | None


def bars(
    frame: Frame, rows: Sequence[Bar], *, series: Sequence[str] = (), top: float | None = None
) -> SafeString:
    """Horizontal bars of one or more parts; the series are named above them.

    All are on one scale, which ends with the longest bar, or at `top`: 100 where they are shares.
    """
    top = top or max((sum(row.parts) for row in rows if row.parts), default=0) or 1
    head = len(series) * 22 + (8 if series else 0)
    legend = _legend(frame, series)
    drawn = format_html_join(
        "", "{}", ((_bar(frame, row, head + at * PITCH, top),) for at, row in enumerate(rows))
    )
    return framed(frame, head + len(rows) * PITCH, format_html("{}{}", legend, drawn))


def together(frame: Frame, rows: Sequence[Bar], *, series: Sequence[str]) -> SafeString:
    """Rows whose parts stand one below the other from the same edge: asked, given, used."""
    top = max((max(row.parts) for row in rows if row.parts), default=0) or 1
    head, pitch = len(series) * 22 + 8, 38 + len(series) * 11
    drawn = (
        (_name(row, head + at * pitch), _beside(frame, row, head + at * pitch + 22, top))
        for at, row in enumerate(rows)
    )
    body = format_html_join("", "{}{}", drawn)
    return framed(
        frame, head + len(rows) * pitch, format_html("{}{}", _legend(frame, series), body)
    )


def tiles(frame: Frame, places: Sequence[Tile]) -> SafeString:
    """A grid of equal tiles, each with its number and a bar for its share: a map without areas."""
    columns = max((tile.column for tile in places), default=1)
    rows = max((tile.row for tile in places), default=1)
    drawn = format_html_join("", "{}", ((_tile(tile, 100 / columns),) for tile in places))
    return framed(frame, rows * (TILE + GAP), drawn)


def framed(frame: Frame, height: int, body: SafeString) -> SafeString:
    """A drawing of that height in its frame, with the words for those who hear the page."""
    return format_html(
        '<svg class="picture" role="img" width="100%" height="{}" focusable="false"'
        ' aria-labelledby="{}-title {}-says"><title id="{}-title">{}</title>'
        '<desc id="{}-says">{}</desc>{}{}</svg>',
        height,
        *(frame.key,) * 3,
        frame.title,
        frame.key,
        frame.says,
        _hatches(frame),
        body,
    )


HATCHES = (
    '<path d="M-2 2 2 -2 M0 8 8 0 M6 10 10 6"/>',
    '<path d="M0 2 H8 M0 6 H8"/>',
    '<circle cx="2" cy="2" r="1.3"/><circle cx="6" cy="6" r="1.3"/>',
    '<path d="M0 0 8 8 M0 8 8 0"/>',
)
"""The shadings between the first series, which is solid, and the last, which is an outline."""


def _hatches(frame: Frame) -> SafeString:
    shapes = ((frame.key, place, SafeString(shape)) for place, shape in enumerate(HATCHES, start=1))
    return format_html(
        "<defs>{}</defs>",
        format_html_join(
            "",
            '<pattern id="{}-hatch-{}" class="picture-hatch" width="8" height="8"'
            ' patternUnits="userSpaceOnUse">{}</pattern>',
            shapes,
        ),
    )


def _shade(frame: Frame, place: int) -> SafeString:
    """The attributes that shade a shape as the series at that place."""
    if place % SERIES in range(1, len(HATCHES) + 1):
        return format_html(
            'class="picture-part" fill="url(#{}-hatch-{})"', frame.key, place % SERIES
        )
    return SafeString('class="picture-solid"' if place % SERIES == 0 else 'class="picture-open"')


def _legend(frame: Frame, series: Sequence[str]) -> SafeString:
    return format_html_join(
        "",
        '<rect x="1" y="{}" width="22" height="13" {}/><text x="32" y="{}">{}</text>',
        (
            (place * 22 + 2, _shade(frame, place), place * 22 + 13, name)
            for place, name in enumerate(series)
        ),
    )


def _name(row: Bar, y: float) -> SafeString:
    """The label, cut to what fits with the whole of it to point at, and the numbers."""
    short = row.label if len(row.label) <= LETTERS else row.label[: LETTERS - 1].rstrip() + "…"
    return format_html(
        '<g><title>{}</title><text x="0" y="{}">{}</text></g>'
        '<text class="picture-number" x="100%" y="{}">{}</text>',
        row.label,
        y + LINE,
        short,
        y + LINE,
        row.shown,
    )


def _bar(frame: Frame, row: Bar, y: float, top: float) -> SafeString:
    parts = row.parts or ()
    starts = accumulate(parts, initial=0.0)
    shapes = format_html_join(
        "",
        '<rect x="{}%" y="{}" width="{}%" height="{}" {}/>',
        (
            (_of(start, top), y + LINE + 7, _of(part, top), BAR, _shade(frame, place))
            for place, (start, part) in enumerate(zip(starts, parts, strict=False))
            if part
        ),
    )
    return format_html("{}{}", _name(row, y), shapes)


def _beside(frame: Frame, row: Bar, y: float, top: float) -> SafeString:
    return format_html_join(
        "",
        '<rect x="0" y="{}" width="{}%" height="9" {}/>',
        (
            (y + place * 11, _of(part, top), _shade(frame, place))
            for place, part in enumerate(row.parts or ())
            if part
        ),
    )


def _tile(tile: Tile, width: float) -> SafeString:
    x, y = round((tile.column - 1) * width, 3), (tile.row - 1) * (TILE + GAP) + 1
    return format_html(
        '<g><title>{}: {}</title><svg x="{}%" y="{}" width="{}%" height="{}">'
        '<rect class="picture-tile" x="1" y="1" width="96%" height="{}"/>'
        '<text class="picture-name picture-middle" x="49%" y="18">{}</text>'
        '<text class="picture-strong picture-middle" x="49%" y="37">{}</text>'
        '<rect class="picture-solid" x="7%" y="45" width="{}%" height="6"/>'
        '<rect class="picture-open picture-outline" x="7%" y="45" width="84%" height="6"/>'
        "</svg></g>",
        tile.full_name,
        tile.shown,
        x,
        y,
        round(width, 3),
        TILE,
        TILE - 2,
        tile.name,
        tile.shown,
        round(84 * (tile.level or 0), 2),
    )


def _of(part: float, top: float) -> float:
    return round(100 * part / top, 3)
