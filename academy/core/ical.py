"""Calendar files (RFC 5545) as text: events, the zones they are in, escaped and folded.

Local times carry their zone, and the zone carries its history for as long as the events need: a
calendar that knows nothing of Kazakhstan's change of 1 March 2024 still shows the right hour.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

PRODUCT = "-//Judicial training//Calendar//EN"
LONGEST_LINE = 75  # octets, the line end not counted
LOCAL, INSTANT = "%Y%m%dT%H%M%S", "%Y%m%dT%H%M%SZ"
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a local time: where every zone may begin
STEP = timedelta(days=7)  # no zone changes twice within it


@dataclass(frozen=True, slots=True)
class Party:
    """Who invites or is invited: a name to show and a mail address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One event. Moments are aware; `time_zone` is the IANA name of the clock they are read on.

    `stamp` is when this version was made: the same version is the same text each time.
    """

    uid: str
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    summary: str
    sequence: int = 0
    status: str = "CONFIRMED"
    description: str = ""
    location: str = ""
    url: str = ""
    organizer: Party | None = None
    attendee: Party | None = None
    role: str = "REQ-PARTICIPANT"


def calendar(happenings: Sequence[Happening], *, method: str = "", name: str = "") -> str:
    """An iCalendar object. With a `method` it is a message (RFC 5546), with a `name` a feed."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"]
    if method:
        lines.append(f"METHOD:{method}")
    if name:
        lines += [f"NAME:{text(name)}", f"X-WR-CALNAME:{text(name)}"]
        lines += ["REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"]
    for zone in sorted({each.time_zone for each in happenings} - {"UTC"}):
        inside = [each for each in happenings if each.time_zone == zone]
        years = {moment.year for each in inside for moment in (each.starts_at, each.ends_at)}
        lines += time_zone(zone, min(years), max(years))
    for each in happenings:
        lines += _event(each, has_method=bool(method))
    return "".join(f"{folded}\r\n" for folded in _folded([*lines, "END:VCALENDAR"]))


def text(value: str) -> str:
    """A TEXT value: what has a meaning in the format is escaped, control characters are dropped."""
    plain = value.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(one for one in plain if one in "\n\t" or (one >= " " and one != "\x7f"))
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, f"\\{sign}")
    return plain.replace("\n", "\\n")


def _parameter(value: str) -> str:
    """A quoted parameter value, which may hold no quote and no control character."""
    return '"' + "".join("'" if one == '"' else one for one in value if one >= " ") + '"'


def _event(each: Happening, *, has_method: bool) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{each.uid}"
    yield f"SEQUENCE:{each.sequence}"
    yield f"DTSTAMP:{each.stamp.astimezone(UTC).strftime(INSTANT)}"
    yield f"DTSTART{_moment(each.starts_at, each.time_zone)}"
    yield f"DTEND{_moment(each.ends_at, each.time_zone)}"
    yield f"SUMMARY:{text(each.summary)}"
    yield f"STATUS:{each.status}"
    if each.description:
        yield f"DESCRIPTION:{text(each.description)}"
    if each.location:
        yield f"LOCATION:{text(each.location)}"
    if each.url:
        yield f"URL:{each.url}"
    if each.organizer:
        yield f"ORGANIZER;CN={_parameter(each.organizer.name)}:mailto:{each.organizer.address}"
    if each.attendee:
        answer = "PARTSTAT=NEEDS-ACTION;RSVP=TRUE;" if has_method else ""
        who = f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE={each.role};{answer}"
        yield f"{who}CN={_parameter(each.attendee.name)}:mailto:{each.attendee.address}"
    yield "END:VEVENT"


def _moment(moment: datetime, zone: str) -> str:
    """A moment on the zone's clock; in UTC where that clock shows the same hour a second time."""
    local = moment.astimezone(ZoneInfo(zone))
    if zone == "UTC" or local.fold:
        return f":{moment.astimezone(UTC).strftime(INSTANT)}"
    return f";TZID={zone}:{local.strftime(LOCAL)}"


@lru_cache(maxsize=512)
def time_zone(name: str, first_year: int, last_year: int) -> tuple[str, ...]:
    """The zone's VTIMEZONE, right for every moment of these years: each change of them by itself.

    What held before the first of them is in it too, from the change that brought it.
    """
    zone = ZoneInfo(name)
    changes = _changes(zone, last_year + 1)
    start = datetime(first_year, 1, 1, tzinfo=UTC)
    before = [change for change in changes if change <= start][-1:]
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    if not before:
        offset = start.astimezone(zone).utcoffset() or timedelta()
        lines += _observance(EPOCH, offset, offset, name, is_summer=False)
    for change in [*before, *(change for change in changes if change > start)]:
        local = change.astimezone(zone)
        was = (change - timedelta(seconds=1)).astimezone(zone).utcoffset() or timedelta()
        lines += _observance(
            (change + was).replace(tzinfo=None),
            was,
            local.utcoffset() or timedelta(),
            local.tzname() or name,
            is_summer=bool(local.dst()),
        )
    return (*lines, "END:VTIMEZONE")


def _changes(zone: ZoneInfo, last_year: int) -> list[datetime]:
    """Every moment from 1970 to the end of that year at which the zone's clock was put."""
    found = []
    at, end = EPOCH.replace(tzinfo=UTC), datetime(last_year, 12, 31, tzinfo=UTC)
    while at < end:
        later = at + STEP
        if _clock(at, zone) != _clock(later, zone):
            found.append(_change_between(at, later, zone))
        at = later
    return found


def _change_between(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    before = _clock(low, zone)
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        low, high = (middle, high) if _clock(middle, zone) == before else (low, middle)
    return high


def _clock(moment: datetime, zone: ZoneInfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()


def _observance(
    starts: datetime, was: timedelta, becomes: timedelta, name: str, *, is_summer: bool
) -> list[str]:
    kind = "DAYLIGHT" if is_summer else "STANDARD"
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{starts.strftime(LOCAL)}",
        f"TZOFFSETFROM:{_offset(was)}",
        f"TZOFFSETTO:{_offset(becomes)}",
        f"TZNAME:{name}",
        f"END:{kind}",
    ]


def _offset(shift: timedelta) -> str:
    seconds = int(shift.total_seconds())
    hours, rest = divmod(abs(seconds) // 60, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}{rest:02}"


def _folded(lines: Iterable[str]) -> Iterator[str]:
    """Lines of at most 75 octets, never cut inside a letter."""
    for line in lines:
        if line.isascii() and len(line) <= LONGEST_LINE:
            yield line
            continue
        piece, room = "", LONGEST_LINE
        for letter in line:
            width = len(letter.encode())
            if width > room:
                yield piece
                piece, room = " ", LONGEST_LINE - 1
            piece, room = piece + letter, room - width
        yield piece
