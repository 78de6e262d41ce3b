"""Rosters in the CSV form of OneRoster 1.2, from which a Moodle or a Canvas takes its courses in.

A bulk file: all that there is, so `status` and `dateLastModified` stay empty as the standard asks.
It says who learns and who teaches in which run, and nothing of how they fared.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat, ExtractYear
from django.utils.translation import gettext_lazy as _

from academy.courts.models import Court
from academy.exports.enums import Format
from academy.exports.registry import Exporter, Piece, Sheet, Wish
from academy.people.models import Person
from courses.catalogue.models import Course, Organisation
from courses.planning.models import Run, TrainerAssignment
from enrollment.seats.models import Enrollment

TAKING_PART = ("confirmed", "reconfirm", "closed")
BULK = ("sourcedId", "status", "dateLastModified")
FILES = ("academicSessions", "orgs", "courses", "classes", "users", "roles", "enrollments")
ABSENT = (
    *("categories", "classResources", "courseResources", "demographics"),
    *("lineItemLearningObjectiveIds", "lineItems", "lineItemScoreScales", "resources"),
    *("resultLearningObjectiveIds", "results", "resultScoreScales", "scoreScales"),
    *("userProfiles", "userResources"),
)


def manifest() -> Mapping[str, str]:
    """What is in the archive, as the standard lists it."""
    lines = ["propertyName,value", "manifest.version,1.0", "oneroster.version,1.2"]
    lines += [f"file.{name},{'bulk' if name in FILES else 'absent'}" for name in (*FILES, *ABSENT)]
    lines += [f"source.systemName,{settings.PUBLIC_URL}", "source.systemCode,judicial-training"]
    return {"manifest.csv": "\r\n".join([*lines, ""])}


def _runs() -> QuerySet[Run]:
    return Run.objects.exclude(state__in=["draft", "cancelled"]).filter(starts_at__isnull=False)


def _titled(texts: Mapping[str, str]) -> str:
    return texts.get(settings.LANGUAGE_CODE) or next(iter(texts.values()), "")


def _paged(rows: QuerySet[Any], after: Any, limit: int, **columns: Any) -> tuple[list[Any], Any]:
    """The next rows by their key as OneRoster's columns, and the key to go on after."""
    named = {f"x_{name}": column for name, column in columns.items()}
    found = list(rows.filter(pk__gt=after or 0).order_by("pk").values("pk", **named)[:limit])
    last = found[-1]["pk"] if len(found) == limit else None
    return [{key[2:]: value for key, value in row.items() if key != "pk"} for row in found], last


def sessions(_wish: Wish, _after: Any, _limit: int) -> Piece:
    """The years in which runs begin; few, in one piece."""
    years = _runs().annotate(year=ExtractYear("starts_at")).values_list("year", flat=True)
    rows = [
        {
            "sourcedId": f"year-{year}",
            "title": str(year),
            "type": "schoolYear",
            "startDate": f"{year}-01-01",
            "endDate": f"{year}-12-31",
            "schoolYear": year,
        }
        for year in sorted(set(years))
    ]
    return Piece(rows, (), None)


def orgs(_wish: Wish, after: Any, limit: int) -> Piece:
    """Bodies that teach as schools, then courts as departments."""
    schools = [] if after else list(Organisation.objects.values("code", "names"))
    rows = [{"sourcedId": _school(org["code"]), "type": "school", **_named(org)} for org in schools]
    courts, last = _paged(
        Court.objects.all(),
        after,
        limit,
        sourcedId=F("public_id"),
        code=F("code"),
        names=F("names"),
    )
    rows += [{"sourcedId": one["sourcedId"], "type": "department", **_named(one)} for one in courts]
    return Piece(rows, (), last)


def _school(code: str) -> str:
    return f"org-{code}"


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": _titled(row["names"]), "identifier": row["code"]}


def courses(_wish: Wish, after: Any, limit: int) -> Piece:
    """Courses that have a run."""
    rows, last = _paged(
        Course.objects.filter(pk__in=_runs().values("course"), current__isnull=False),
        after,
        limit,
        sourcedId=F("public_id"),
        courseCode=F("code"),
        title=F("current__title"),
        orgSourcedId=Concat(Value("org-"), "provider__code"),
    )
    return Piece([{**row, "title": _titled(row["title"])} for row in rows], (), last)


def classes(_wish: Wish, after: Any, limit: int) -> Piece:
    """Runs, as classes of their course."""
    rows, last = _paged(
        _runs(),
        after,
        limit,
        sourcedId=F("public_id"),
        title=F("version__title"),
        courseSourcedId=F("course__public_id"),
        classCode=F("code"),
        location=F("venue__code"),
        schoolSourcedId=Concat(Value("org-"), "course__provider__code"),
        year=ExtractYear("starts_at"),
    )
    shown = [
        {
            **row,
            "title": _titled(row["title"]),
            "classType": "scheduled",
            "termSourcedIds": f"year-{row['year']}",
        }
        for row in rows
    ]
    return Piece(shown, (), last)


def _people() -> QuerySet[Person]:
    learn = Enrollment.objects.filter(run__in=_runs(), state__in=TAKING_PART)
    teach = TrainerAssignment.objects.filter(run__in=_runs())
    return Person.objects.filter(
        Q(pk__in=learn.values("person")) | Q(pk__in=teach.values("person"))
    )


def users(_wish: Wish, after: Any, limit: int) -> Piece:
    """Who learns or teaches in any of the runs."""
    rows, last = _paged(
        _people(),
        after,
        limit,
        sourcedId=F("public_id"),
        identifier=F("external_id"),
        givenName=F("given_name"),
        middleName=F("patronymic"),
        familyName=F("family_name"),
        email=F("email"),
    )
    shown = [
        {**row, "enabledUser": "true", "username": row["email"] or str(row["sourcedId"])}
        for row in rows
    ]
    return Piece(shown, [row["sourcedId"] for row in rows], last)


def roles(_wish: Wish, after: Any, limit: int) -> Piece:
    """The standard wants a role of each user at an organisation: here, a student of the issuer."""
    issuer = Organisation.objects.order_by("-is_issuer", "-is_own", "code").first()
    rows, last = _paged(_people(), after, limit, userSourcedId=F("public_id"))
    shown = [
        {
            **row,
            "sourcedId": f"role-{row['userSourcedId']}",
            "roleType": "primary",
            "role": "student",
            "orgSourcedId": _school(issuer.code) if issuer else "",
        }
        for row in rows
    ]
    return Piece(shown, (), last)


def enrollments(_wish: Wish, after: Any, limit: int) -> Piece:
    """Seats of those who take part, then who teaches; the key says which of the two goes on."""
    table, key = after or ["student", 0]
    rows: QuerySet[Any] = TrainerAssignment.objects.filter(run__in=_runs())
    if table == "student":
        rows = Enrollment.objects.filter(run__in=_runs(), state__in=TAKING_PART)
    found, last = _paged(
        rows,
        key,
        limit,
        classSourcedId=F("run__public_id"),
        userSourcedId=F("person__public_id"),
        schoolSourcedId=Concat(Value("org-"), "run__course__provider__code"),
    )
    role = "student" if table == "student" else "teacher"
    shown = [
        {**row, "sourcedId": f"{row['classSourcedId']}-{row['userSourcedId']}", "role": role}
        for row in found
    ]
    following = [table, last] if last else ["teacher", 0] if table == "student" else None
    return Piece(shown, [row["userSourcedId"] for row in found], following)


_sheet = partial(Sheet, resource=None)
ONEROSTER = Exporter(
    _("Rosters (OneRoster 1.2)"),
    "rosters:read",
    (
        _sheet(
            "academicSessions",
            (*BULK, "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"),
            sessions,
        ),
        _sheet("orgs", (*BULK, "name", "type", "identifier", "parentSourcedId"), orgs),
        _sheet(
            "courses",
            (
                *(*BULK, "schoolYearSourcedId", "title", "courseCode", "grades"),
                *("orgSourcedId", "subjects", "subjectCodes"),
            ),
            courses,
        ),
        _sheet(
            "classes",
            (
                *(*BULK, "title", "grades", "courseSourcedId", "classCode", "classType"),
                *("location", "schoolSourcedId", "termSourcedIds", "subjects"),
                *("subjectCodes", "periods"),
            ),
            classes,
        ),
        _sheet(
            "users",
            (
                *(*BULK, "enabledUser", "username", "userIds", "givenName", "familyName"),
                *("middleName", "identifier", "email", "sms", "phone", "agentSourcedIds"),
                *("grades", "password", "userMasterIdentifier", "resourceSourcedIds"),
                *("preferredGivenName", "preferredMiddleName", "preferredFamilyName"),
                *("primaryOrgSourcedId", "pronouns"),
            ),
            users,
        ),
        _sheet(
            "roles",
            (
                *(*BULK, "userSourcedId", "roleType", "role", "beginDate", "endDate"),
                *("orgSourcedId", "userProfileSourcedId"),
            ),
            roles,
        ),
        _sheet(
            "enrollments",
            (
                *(*BULK, "classSourcedId", "schoolSourcedId", "userSourcedId", "role"),
                *("primary", "beginDate", "endDate"),
            ),
            enrollments,
        ),
    ),
    formats=(Format.ZIP,),
    resource="roster",
    opening=manifest,
)

ALL = {"oneroster": ONEROSTER}
