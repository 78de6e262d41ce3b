"""What an account may see and do, worked out once per request."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from academy.access.enums import RIGHTS, SECOND_FACTOR_ROLES, Right, Role
from academy.access.models import Deputy, RoleGrant
from academy.accounts.models import Account
from academy.core.actor import Actor, ActorKind


@dataclass(frozen=True, slots=True)
class Principal:
    """The head of a court in whose place somebody decides there."""

    court_id: int
    person_id: int
    person_public_id: UUID


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a page or calls the API, with everything that access is decided from."""

    account_id: int | None
    account_public_id: UUID | None
    person_id: int | None
    person_public_id: UUID | None
    language: str
    roles: frozenset[Role] = frozenset()
    headed_courts: frozenset[int] = frozenset()
    coordinated_courts: frozenset[int] = frozenset()
    bodies: frozenset[str] = frozenset()  # in whose name a partner acts
    stands_in_for: tuple[Principal, ...] = ()
    unread: int = 0
    client_id: UUID | None = None  # set when another court system calls
    scopes: frozenset[str] = frozenset()

    @property
    def rights(self) -> frozenset[Right]:
        """The union of what the roles allow."""
        return frozenset().union(*(RIGHTS[role] for role in self.roles))

    def may(self, right: Right) -> bool:
        """Whether any of the roles allows it."""
        return any(right in RIGHTS[role] for role in self.roles)

    @property
    def courts(self) -> frozenset[int]:
        """The courts whose people the viewer may see."""
        return self.headed_courts | self.coordinated_courts

    def principal_at(self, court_id: int | None) -> Principal | None:
        """In whose place the viewer decides at that court; nobody's where the own right is used."""
        if court_id in self.headed_courts:
            return None
        return next((one for one in self.stands_in_for if one.court_id == court_id), None)

    @property
    def needs_second_factor(self) -> bool:
        """Whether one of the roles may not be used with a password alone."""
        return bool(self.roles & SECOND_FACTOR_ROLES)

    def actor(self, request_id: str = "") -> Actor:
        """The viewer as the one who acts."""
        if self.client_id:
            return Actor(ActorKind.CLIENT, id=self.client_id, request_id=request_id)
        return Actor(
            ActorKind.ACCOUNT,
            id=self.account_public_id,
            person=self.person_public_id,
            request_id=request_id,
        )


NOBODY = Viewer(None, None, None, None, "")

VIEWER = """
SELECT account.id, account.public_id, person.id, person.public_id,
       coalesce(nullif(account.language, ''), person.language, ''),
       (SELECT coalesce(array_agg(DISTINCT g.role), '{}') FROM academy_rolegrant g
         WHERE g.account_id = account.id AND (g.period IS NULL OR g.period @> %(now)s)),
       (SELECT coalesce(array_agg(g.court_id), '{}') FROM academy_rolegrant g
         WHERE g.account_id = account.id AND g.role = 'coordinator'
           AND (g.period IS NULL OR g.period @> %(now)s)),
       (SELECT coalesce(array_agg(g.body), '{}') FROM academy_rolegrant g
         WHERE g.account_id = account.id AND g.role = 'partner'
           AND (g.period IS NULL OR g.period @> %(now)s)),
       (SELECT coalesce(array_agg(DISTINCT a.court_id), '{}')
          FROM academy_appointment a JOIN academy_position p ON p.id = a.position_id
         WHERE a.person_id = person.id AND p.is_head AND a.period @> %(today)s),
       (SELECT json_agg(DISTINCT jsonb_build_array(d.court_id, head.id, head.public_id))
          FROM academy_deputy d
          JOIN academy_person head ON head.id = d.head_id AND head.left_on IS NULL
          JOIN academy_appointment a ON a.person_id = d.head_id AND a.court_id = d.court_id
           AND a.period @> %(today)s
          JOIN academy_position p ON p.id = a.position_id AND p.is_head
         WHERE d.deputy_id = person.id AND d.period @> %(today)s)
  FROM academy_account account
  LEFT JOIN academy_person person ON person.id = account.person_id AND person.left_on IS NULL
 WHERE account.id = %(account)s AND account.is_active
"""


def viewer_of(account_id: int, *, now: datetime, today: date) -> Viewer:
    """The viewer behind an account, in one statement; `NOBODY` when it may not sign in any more."""
    with connection.cursor() as cursor:
        cursor.execute(VIEWER, {"account": account_id, "now": now, "today": today})
        row = cursor.fetchone()
    if row is None:
        return NOBODY
    pk, public_id, person_id, person_public_id, language, granted, *courts = row
    coordinated, bodies, headed, principals = courts
    roles = {Role(role) for role in granted}
    if person_id:
        roles.add(Role.TRAINEE)
    if headed:
        roles.add(Role.HEAD)
    if principals:
        roles.add(Role.DEPUTY)
    return Viewer(
        account_id=pk,
        account_public_id=public_id,
        person_id=person_id,
        person_public_id=person_public_id,
        language=language,
        roles=frozenset(roles),
        headed_courts=frozenset(headed),
        coordinated_courts=frozenset(coordinated),
        bodies=frozenset(bodies),
        stands_in_for=tuple(
            Principal(court, head, UUID(key)) for court, head, key in principals or ()
        ),
    )


def viewer_of_person(person: UUID, *, now: datetime, today: date) -> Viewer:
    """A person with the rights of their account; `NOBODY` without one that may sign in."""
    account = Account.objects.filter(person__public_id=person, is_active=True).first()
    return viewer_of(account.pk, now=now, today=today) if account else NOBODY


def deputies_of(viewer: Viewer, *, day: date) -> QuerySet[Deputy]:
    """The present and coming deputies of the viewer as a head of court, by their first day."""
    rows = Deputy.objects.filter(head_id=viewer.person_id, court_id__in=viewer.headed_courts)
    open_end = Q(period__upper_inf=True) | Q(period__endswith__gt=day)
    return rows.filter(open_end).select_related("deputy", "court").order_by("period", "pk")


def partners() -> QuerySet[RoleGrant]:
    """Who acts in the name of which body, by body."""
    rows = RoleGrant.objects.filter(role=Role.PARTNER).select_related("account__person")
    return rows.order_by("body", "account__login")


def people_with(role: Role) -> list[tuple[UUID, str]]:
    """The people whose accounts were granted a role: their ids and names, in alphabetical order."""
    grants = RoleGrant.objects.filter(role=role, court=None, account__person__isnull=False)
    rows = grants.select_related("account__person").order_by("account__person__sort_key", "pk")
    people = (grant.account.person for grant in rows)
    return [(person.public_id, person.full_name) for person in people if person]
