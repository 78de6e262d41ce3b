"""The institution and its catalogue: lists, courts, courses, reminder rules."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from academy.core import texts
from academy.core.actor import Actor
from academy.courts import imports as court_imports
from academy.courts.actions import Reference, load_reference
from academy.courts.models import Court
from academy.jobs.rules import Row, Table, check_clean
from academy.management.seeding import files
from courses.catalogue import actions as catalogue, imports as course_imports
from courses.catalogue.imports import CatalogueLists, load_lists
from courses.catalogue.models import Course
from courses.search.actions import reindex_courses
from enrollment.credits.requirement_actions import RequirementDraft, install_requirements
from enrollment.feedback.questionnaire_actions import Seed, install_questionnaires
from enrollment.reminders.actions import RuleSeed, install_rules
from enrollment.requests.rule_actions import PrioritySeed, install_priority_rules
from enrollment.seats.enums import PriorityKind

COURT_COLUMNS = {"remote": "is_remote"}


def load_institution() -> int:
    """Regions, levels, kinds, positions, the calendar; topics, formats, audiences, bodies."""
    named: dict[str, list[dict[str, Any]]] = {
        name: [{"code": row["code"], "names": files.names(row)} for row in rows]
        for name, rows in (
            (name, files.rows(f"reference/{name}.tsv"))
            for name in ("regions", "court_levels", "court_kinds", "positions", "formats", "topics")
        )
    }
    reference = Reference(
        regions=[
            {**row, "short_names": files.names(found, "short_")}
            for row, found in zip(
                _with(named["regions"], "regions", time_zone=str, tile_row=int, tile_column=int),
                files.rows("reference/regions.tsv"),
                strict=True,
            )
        ],
        levels=_with(named["court_levels"], "court_levels", rank=int),
        kinds=named["court_kinds"],
        positions=_with(named["positions"], "positions", category=str, is_head=_flag),
        calendar=[
            {
                "date": date.fromisoformat(row["date"]),
                "kind": row["kind"],
                "names": files.names(row),
            }
            for row in files.rows("reference/calendar.tsv")
        ],
    )
    lists = CatalogueLists(
        organisations=[
            {
                "code": row["code"],
                "names": files.names(row),
                "country": row["country"],
                "is_own": row["kind"] in {"own", "issuer"},
                "is_issuer": row["kind"] == "issuer",
            }
            for row in files.rows("reference/organisations.tsv")
        ],
        topics=_with(named["topics"], "topics", parent=str),
        formats=_with(named["formats"], "formats", in_room=_flag, online=_flag),
        audiences=[_audience(item) for item in files.document("reference/audiences.json")],
    )
    asked = load_questionnaires()
    return load_reference(reference) + load_lists(lists) + load_rules() + asked


def load_rules() -> int:
    """When people are reminded, and in which order they get a seat; those not there yet."""
    return install_rules(_reminder_rules()) + install_priority_rules(_priority_rules())


def _flag(value: str) -> bool:
    return value == "1"


def _with(rows: list[dict[str, Any]], name: str, **kinds: object) -> list[dict[str, Any]]:
    """The rows with further columns of the file, each read by its kind."""
    return [
        {**row, **{column: kind(found[column]) for column, kind in kinds.items() if callable(kind)}}
        for row, found in zip(rows, files.rows(f"reference/{name}.tsv"), strict=True)
    ]


def _audience(item: dict[str, Any]) -> dict[str, Any]:
    rule = dict(item["rule"])
    rule["court_levels"], rule["court_kinds"] = rule.pop("levels"), rule.pop("kinds")
    return {"code": item["code"], "names": item["names"], "basis": item["basis"], **rule}


def _reminder_rules() -> Iterable[RuleSeed]:
    for item in files.document("reference/reminder_rules.json"):
        yield RuleSeed.from_document(item)


def _priority_rules() -> Iterable[PrioritySeed]:
    for item in files.document("reference/priority_rules.json"):
        yield PrioritySeed(**{**item, "kind": PriorityKind(item["kind"])})


def load_questionnaires() -> int:
    """What people are asked after a course, and later; those that are not there yet."""
    return install_questionnaires(_questionnaires())


def _questionnaires() -> Iterable[Seed]:
    for item in files.document("reference/questionnaires.json"):
        yield Seed.from_document(item)


def load_requirements(*, actor: Actor, at: datetime) -> int:
    """Who owes how much by when, those that are not there yet."""
    told = files.document("reference/requirements.json")
    drafts = {item["code"]: RequirementDraft.from_document(item) for item in told}
    return install_requirements(drafts, actor=actor, at=at)


def load_courts(*, actor: Actor, at: datetime) -> int:
    """The judiciary's courts, those that are not there yet."""
    present = set(Court.objects.values_list("code", flat=True))
    fresh = [
        _court(row) for row in files.rows("judiciary/courts.tsv") if row["code"] not in present
    ]
    plan = court_imports.plan_courts(_table(court_imports.columns(), fresh))
    court_imports.apply(plan, actor=actor, at=at)
    return len(fresh)


def _court(row: files.Row) -> files.Row:
    known = court_imports.columns()
    named = {f"name_{code}": text for code, text in files.names(row).items()}
    short = {f"short_name_{code}": text for code, text in files.names(row, "short_").items()}
    renamed = {COURT_COLUMNS.get(column, column): value for column, value in row.items()}
    return {
        **{column: value for column, value in renamed.items() if column in known},
        **named,
        **short,
    }


def load_courses(*, actor: Actor, at: datetime) -> int:
    """The real courses that are not there yet, each in the state that the demo shows."""
    states = files.document("demo.json")["course_states"]
    unpublished = {*states["draft"], *states["in_review"]}
    present = set(Course.objects.values_list("code", flat=True))
    texts_of = files.document("course_texts.json")
    fresh = {
        row["code"]: _course(row, texts_of.get(row["code"], {}))
        for row in files.rows("courses.tsv")
        if row["code"] not in present
    }
    plan = course_imports.plan_courses(_table(course_imports.columns(), fresh.values()))
    check_clean(plan)
    published = [row for code, row in fresh.items() if code not in unpublished]
    course_imports.apply(
        course_imports.plan_courses(_table(course_imports.columns(), published)), actor=actor, at=at
    )
    for entry in plan.entries():
        if entry.code in unpublished:
            _write_unpublished(entry, entry.code in states["in_review"], actor=actor, at=at)
    for course in Course.objects.filter(code__in=fresh.keys() & set(states["archived"])):
        catalogue.archive_course(course=course.public_id, reason="replaced", actor=actor, at=at)
    reindex_courses(list(Course.objects.filter(code__in=fresh).values_list("pk", flat=True)))
    return len(fresh)


def _write_unpublished(
    entry: catalogue.CourseEntry, is_in_review: bool, *, actor: Actor, at: datetime
) -> None:
    course = catalogue.create_course(
        code=entry.code, provider=entry.provider, content=entry.content, actor=actor, at=at
    )
    if is_in_review:
        catalogue.submit_for_review(course=course.public_id, actor=actor, at=at)


def _course(row: files.Row, more: dict[str, Any]) -> files.Row:
    """A line of the published courses as a line of the course import.

    Hours that nobody published come from our own edition and say so.
    """
    edition = more.get("edition", {})
    completion = more.get("completion", {})
    languages = [code for code in texts.languages() if code != row["title_language"]]
    copied = {column: row.get(column, "") for column in course_imports.PLAIN}
    hours = {"hours_basis": _hours_basis(row["hours_basis"])}
    if not row["hours"] and edition:
        hours = {
            "hours": str(edition["hours"]),
            "hours_basis": "edition",
            "minutes_per_hour": str(edition["minutes_per_hour"]),
        }
    return {
        **copied,
        **hours,
        "provider": row["provider_code"],
        "languages": ";".join(map(str, edition.get("languages", row["languages"].split(";")))),
        "prerequisites": ";".join(more.get("prerequisites", [])),
        "demo_translations": ";".join(languages) if row["title_translation"] == "demo" else "",
        "min_attendance_share": str(completion.get("minutes_share", "")),
        "test_required": "yes" if completion.get("test_required") else "no",
        **{f"title_{code}": text for code, text in files.names(row, "title_").items()},
        **{f"summary_{code}": str(text) for code, text in more.get("summary", {}).items()},
        **{
            f"objectives_{code}": "|".join(lines)
            for code, lines in more.get("objectives", {}).items()
        },
    }


def _hours_basis(told: str) -> str:
    """How the file explains a figure, as one of the three words that the catalogue shows."""
    if not told:
        return ""
    return "published" if told.startswith("published") and "middle" not in told else "derived"


def _table(columns: tuple[str, ...], rows: Iterable[files.Row]) -> Table:
    return Table(columns, tuple(Row(line, row) for line, row in enumerate(rows, start=2)))
