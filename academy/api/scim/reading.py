"""A person as a User, and a User as what HR wants of a person."""

from datetime import date, datetime, timedelta
from typing import Any

from scim2_models import InvalidValueException

from academy.api.scim.resources import SERVICE, Email, Enterprise, HeldPost, Name
from academy.core import texts
from academy.people.models import Appointment, Person
from academy.people.provisioning import Wanted, goes_on
from academy.people.rules import NewPost


def user_of(model: Any, row: Person, today: date) -> Any:
    """The person as the HR system reads them back."""
    posts = sorted(row.appointments.all(), key=lambda post: post.period.lower)
    found = model(
        id=str(row.public_id),
        external_id=row.external_id,
        user_name=row.user_name or row.external_id or str(row.public_id),
        name=Name(
            family_name=row.family_name,
            given_name=row.given_name,
            middle_name=row.patronymic or None,
        ),
        display_name=row.full_name,
        active=row.left_on is None,
        preferred_language=row.language,
    )
    if row.email:
        found.emails = [Email(value=row.email, type="work", primary=True)]
    _extend(found, row, posts, today)
    return found


def _extend(found: Any, row: Person, posts: list[Appointment], today: date) -> None:
    permanent = [post for post in posts if post.kind == Appointment.Kind.PERMANENT]
    present = next((post for post in reversed(permanent) if goes_on(post, today)), None)
    if row.employee_number or present:
        found[Enterprise] = Enterprise(
            employee_number=row.employee_number or None,
            organization=_picked(present.court.names) if present else None,
            department=_picked(present.position.names) if present else None,
        )
    held = [_held(post) for post in posts if _is_held(post, today)]
    if row.in_service_since or row.left_on or present or held:
        service = type(found).get_extension_model(SERVICE)
        found[service] = service(
            in_service_since=_text(row.in_service_since),
            last_day=_text(row.left_on),
            post=_post(service, present) if present else None,
            posts=held or None,
        )


def _post(service: Any, post: Appointment) -> Any:
    kind = service.get_field_root_type("post")
    return kind(
        court=post.court.code,
        position=post.position.code,
        since=_text(post.period.lower),
        until=_text(_last_day(post)),
    )


def _held(post: Appointment) -> HeldPost:
    return HeldPost(
        court=post.court.code,
        position=post.position.code,
        kind=post.kind,
        since=_text(post.period.lower),
        until=_text(_last_day(post)),
    )


def _is_held(post: Appointment, today: date) -> bool:
    return post.period.lower <= today and (post.period.upper is None or post.period.upper > today)


def _last_day(post: Appointment) -> date | None:
    return post.period.upper - timedelta(days=1) if post.period.upper else None


def _picked(names: dict[str, str]) -> str:
    return texts.pick(names, texts.languages()[0]).text


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def wanted_from(found: Any) -> Wanted:
    """What HR wants of a person."""
    service = found[type(found).get_extension_model(SERVICE)]
    if service is None:
        return Wanted(**_plain(found))
    return Wanted(
        **_plain(found),
        in_service_since=_day("inServiceSince", service.in_service_since),
        post=_named(service.post) if service.post else None,
    )


def _named(post: Any) -> NewPost:
    return NewPost(
        court=post.court,
        position=post.position,
        starts_on=_day("since", post.since),
        until=_day("until", post.until),
    )


def _plain(found: Any) -> dict[str, Any]:
    emails, enterprise = found.emails or [], found[Enterprise]
    language = found.preferred_language
    if language not in texts.languages():
        known = ", ".join(texts.languages())
        raise InvalidValueException(detail=f"preferredLanguage is one of {known}.")
    return {
        "user_name": found.user_name,
        "external_id": found.external_id or None,
        "employee_number": (enterprise and enterprise.employee_number) or "",
        "family_name": _short("familyName", found.name.family_name),
        "given_name": _short("givenName", found.name.given_name),
        "patronymic": _short("middleName", found.name.middle_name or ""),
        "email": emails[0].value if emails else "",
        "language": language,
        "is_active": bool(found.active),
    }


def _short(name: str, text: str) -> str:
    if len(text) > 120 or "\x00" in text:
        raise InvalidValueException(detail=f"{name} has at most 120 characters.")
    return text


def _day(name: str, text: str | None) -> date | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise InvalidValueException(detail=f"{name} is a day such as 2026-01-31.") from None
