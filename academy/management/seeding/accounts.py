"""The demo's accounts and their roles; and accounts of the heads of the demo's courts."""

from datetime import datetime

from academy.access.models import RoleGrant
from academy.accounts.demo import DemoAccount, open_demo_accounts
from academy.accounts.models import Account
from academy.core.actor import Actor
from academy.courts.models import Court
from academy.management.seeding import files
from academy.people.models import Appointment


def load_accounts(region: str, *, actor: Actor, at: datetime) -> int:
    """Accounts with the demo's password, and heads of courts who decide but never sign in."""
    told = files.document("demo.json")["accounts"]
    wanted = [
        DemoAccount(item["login"], item["email"], item["language"], item["person"]["external_id"])
        for item in told
    ]
    opened = open_demo_accounts(wanted=[*wanted, *_heads(region, at)], actor=actor, at=at)
    accounts = {account.login: account for account in opened}
    RoleGrant.objects.bulk_create(
        RoleGrant(account=accounts[item["login"]], role=role, court=_court(role, item), body=body)
        for item in told
        if item["login"] in accounts
        for role in item["roles"]
        for body in item.get("bodies", [""])
    )
    return len(opened)


def _court(role: str, item: dict[str, dict[str, str]]) -> Court | None:
    return Court.objects.get(code=item["person"]["court"]) if role == "coordinator" else None


def _heads(region: str, at: datetime) -> list[DemoAccount]:
    """Somebody must give consent in every court, also where the demo shows nobody by name."""
    rows = Appointment.objects.filter(
        position__is_head=True, period__contains=at.date(), court__region__code=region
    ).select_related("person", "court")
    taken = set(Account.objects.filter(person__isnull=False).values_list("person_id", flat=True))
    return [
        DemoAccount(
            login=f"head-{row.court.code.lower()}",
            email=row.person.email,
            language=row.person.language,
            person=row.person.external_id or "",
            can_sign_in=False,
        )
        for row in rows
        if row.person_id not in taken and not (row.person.external_id or "").startswith("DEMO-")
    ]
