"""Each picture of the record: from numbers to shapes, with the same numbers as a table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, get_language_info, gettext as _

from academy.core import texts
from academy.web import dates, line_pictures, pictures
from academy.web.pictures import Bar, Frame, Tile
from enrollment.figures import queries, rules
from enrollment.figures.claims import Wish
from enrollment.figures.enums import Picture
from enrollment.figures.queries import Group
from enrollment.pages.desk import picture_words

TOPICS = 5  # that have a shading of their own; the rest are taken together
Cell = str | int | float | None
"""A word, a number, or None: a number that is not shown."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture, the same as a table, and what a reader must know about it."""

    picture: SafeString
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = field(default_factory=tuple)

    @property
    def is_partly_hidden(self) -> bool:
        """Whether numbers are missing because they were too small."""
        return any(cell is None for row in self.rows for cell in row)


def word(cell: Cell) -> str:
    """A cell as it is read."""
    if cell is None:
        return _("not shown")
    return cell if isinstance(cell, str) else dates.number(cell)


def draw(picture: Picture, wish: Wish) -> Drawn:
    """One picture with its table."""
    return DRAWINGS[picture](wish)


def _frame(picture: Picture) -> Frame:
    return Frame("picture", str(picture.label), str(picture_words.SAYS[picture]))


def _name(group: Group) -> str:
    """A region or a court; the courts of the whole country belong to no region."""
    named = group.short_names if group.tile is None and group.short_names else group.names
    return texts.pick(named, _language()).text or _("No region")


def _language() -> str:
    return get_language() or "en"


def _percent(share: rules.Share, *, is_hidden: bool) -> Cell:
    return None if is_hidden or share.percent is None else round(share.percent, 1)


def _in_percent(cell: Cell) -> str:
    return f"{word(cell)}\u00a0%" if isinstance(cell, int | float) else word(cell)


def _coverage(wish: Wish) -> Drawn:
    found = queries.coverage(wish)
    gaps = rules.guarded(
        [at for at, (_group, share) in enumerate(found) if share.is_hidden],
        [share.whole for _group, share in found],
    )
    rows: list[list[Cell]] = []
    for at, (group, share) in enumerate(found):
        shown = at not in gaps
        numbers = [share.whole, share.part] if shown else [None, None]
        rows.append([_name(group), *numbers, _percent(share, is_hidden=not shown)])
    beside = queries.around(wish)
    for group, share in queries.coverage(beside) if beside else []:
        percent = _percent(share, is_hidden=share.is_hidden)
        mean: list[Cell] = [_("On average: %(region)s") % {"region": _name(group)}, "", "", percent]
        rows.append(mean)
    groups = [group for group, _share in found]
    columns = [_("Where"), _("People in post"), _("Completed a course"), _("Share, %")]
    is_map = not wish.by_court and any(group.tile for group in groups)
    picture = _map(groups, rows) if is_map else _shares(rows)
    return Drawn(picture, columns, rows, [str(picture_words.TILES)] if is_map else [])


def _map(groups: Sequence[Group], rows: Sequence[Sequence[Cell]]) -> SafeString:
    places = [
        Tile(
            row=group.tile[0],
            column=group.tile[1],
            name=texts.pick(group.short_names, _language()).text,
            shown=_in_percent(round(share)) if isinstance(share, int | float) else "–",
            full_name=_name(group),
            level=share / 100 if isinstance(share, int | float) else None,
        )
        for group, (*_more, share) in zip(groups, rows, strict=False)
        if group.tile
    ]
    return pictures.tiles(_frame(Picture.COVERAGE), places)


def _shares(rows: Sequence[Sequence[Cell]]) -> SafeString:
    drawn = [
        Bar(str(label), [share] if isinstance(share, int | float) else None, _in_percent(share))
        for label, *_more, share in rows
    ]
    return pictures.bars(_frame(Picture.COVERAGE), drawn, top=100)


def _seats(wish: Wish) -> Drawn:
    """A place that was not used tells no reason, so asked, given and used stand side by side."""
    found = queries.seats(wish)
    series = [_("Asked for"), _("Given"), _("Used")]
    numbers = [[one.asked, one.given, one.used] for one in found]
    gaps = frozenset().union(*(rules.hidden(column) for column in zip(*numbers, strict=True)))
    rows: list[list[Cell]] = [
        [_name(one.group), *([None] * 3 if at in gaps else numbers[at])]
        for at, one in enumerate(found)
    ]
    drawn = [
        Bar(
            _name(one.group),
            None if at in gaps else [float(number) for number in numbers[at]],
            word(None) if at in gaps else " · ".join(dates.number(one) for one in numbers[at]),
        )
        for at, one in enumerate(found)
    ]
    if len(found) > 1:
        rows.append([_("Together"), *(sum(column) for column in zip(*numbers, strict=True))])
    picture = pictures.together(_frame(Picture.SEATS), drawn, series=series)
    return Drawn(picture, [_("Where"), *series], rows)


def _hours(wish: Wish) -> Drawn:
    found = queries.hours(wish)
    totals: dict[int, float] = {}
    names: dict[int, str] = {}
    for one in found:
        key = one.topic or 0
        totals[key] = totals.get(key, 0) + one.hours
        names[key] = texts.pick(one.names, _language()).text or _("No topic")
    leading = rules.largest(totals, TOPICS)
    series = [names[key] for key in leading] + ([_("Others")] if len(totals) > TOPICS else [])
    rows = [_month_of_hours(month, found, leading, len(series)) for month in _months_of(found)]
    drawn = [
        Bar(
            str(label),
            [float(cell) if isinstance(cell, int | float) else 0 for cell in cells],
            word(round(sum(cell for cell in cells if isinstance(cell, int | float)), 1)),
        )
        for label, *cells in rows
    ]
    picture = pictures.bars(_frame(Picture.HOURS), drawn, series=series)
    return Drawn(picture, [_("Month"), *series], rows, [str(picture_words.SHARED)])


def _months_of(found: Sequence[queries.Hours]) -> list[int]:
    return sorted({one.month for one in found})


def _month_of_hours(
    month: int, found: Sequence[queries.Hours], leading: Sequence[int], width: int
) -> list[Cell]:
    """A month's hours by leading topic and, last, by all others; of few people they are hidden."""
    hours, people = [0.0] * width, [0] * width
    for one in (each for each in found if each.month == month):
        at = leading.index(one.topic or 0) if (one.topic or 0) in leading else width - 1
        hours[at] += one.hours
        people[at] += one.people
    gaps = rules.hidden(people)
    return [
        _month(month),
        *(None if at in gaps else round(hours[at], 1) for at in range(width)),
    ]


def _month(number: int) -> str:
    return capfirst(dates.month_name(number))


def _decisions(wish: Wish) -> Drawn:
    waits = queries.waits(wish)
    groups = rules.by_duration(waits)
    gaps = rules.hidden([count for _end, count in groups])
    rows: list[list[Cell]] = [
        [_group_of_days(end), None if at in gaps else count]
        for at, (end, count) in enumerate(groups)
    ]
    drawn = [
        Bar(str(label), None if count is None else [float(count)], word(count))
        for label, count in rows
        if not isinstance(count, str)
    ]
    middle = rules.typical(waits)
    notes = [_("Half of the requests were decided within %(days)s days.") % {"days": word(middle)}]
    picture = pictures.bars(_frame(Picture.DECISIONS), drawn)
    columns = [_("Time to the decision"), _("Requests")]
    return Drawn(picture, columns, rows if waits else [], notes if middle is not None else [])


def _group_of_days(end: int | None) -> str:
    if end is None:
        return _("More than %(days)d days") % {"days": rules.DAYS[-1]}
    return _("Up to %(days)d days") % {"days": end} if end > 1 else _("Up to one day")


def _absences(wish: Wish) -> Drawn:
    found = queries.absences(wish)
    series = [_("Did not come"), _("Excused")]
    absent = [rules.Share(one.no_shows, one.people) for one in found]
    excused = [rules.Share(one.excused, one.people) for one in found]
    rows: list[list[Cell]] = [
        [
            _month(one.month),
            None if rules.is_small(one.people) else one.people,
            _percent(absent[at], is_hidden=absent[at].is_hidden),
            _percent(excused[at], is_hidden=excused[at].is_hidden),
        ]
        for at, one in enumerate(found)
    ]
    drawn = [
        line_pictures.Line(name, [_number(row[at]) for row in rows])
        for at, name in enumerate(series, start=2)
    ]
    labels = [dates.month_name(one.month, is_short=True) for one in found]
    picture = line_pictures.lines(_frame(Picture.NO_SHOWS), labels, drawn, unit="\u00a0%")
    columns = [_("Month"), _("Outcomes"), *(f"{name}, %" for name in series)]
    return Drawn(picture, columns, rows)


def _number(cell: Cell) -> float | None:
    return None if cell is None or isinstance(cell, str) else float(cell)


def _languages(wish: Wish) -> Drawn:
    found = queries.languages(wish)
    series = [_("In their own language"), _("In another language")]
    numbers = [[one.own, one.other] for one in found]
    gaps = frozenset().union(*(rules.hidden(column) for column in zip(*numbers, strict=True)))
    rows: list[list[Cell]] = [
        [_named_language(one.language), one.runs, *([None] * 2 if at in gaps else numbers[at])]
        for at, one in enumerate(found)
    ]
    drawn = [
        Bar(
            _named_language(one.language),
            None if at in gaps else [float(number) for number in numbers[at]],
            word(None if at in gaps else one.own + one.other),
        )
        for at, one in enumerate(found)
    ]
    picture = pictures.bars(_frame(Picture.LANGUAGES), drawn, series=series)
    return Drawn(picture, [_("Language of the run"), _("Runs"), *series], rows)


def _named_language(code: str) -> str:
    try:
        return capfirst(str(get_language_info(code)["name_translated"]))
    except KeyError:
        return code


def this_year(day: date) -> list[int]:
    """The years that can be looked at: the next one, this one and the four before."""
    return list(range(day.year + 1, day.year - 5, -1))


DRAWINGS: Mapping[Picture, Callable[[Wish], Drawn]] = {
    Picture.COVERAGE: _coverage,
    Picture.SEATS: _seats,
    Picture.HOURS: _hours,
    Picture.DECISIONS: _decisions,
    Picture.NO_SHOWS: _absences,
    Picture.LANGUAGES: _languages,
}
