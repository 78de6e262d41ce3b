"""Keys of other court systems: `client add NAME --scope ...`, `list`, `rotate`, `revoke NAME`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from academy.clients import actions, projections, queries
from academy.clients.scopes import SCOPES
from academy.core.actor import Actor
from academy.core.errors import Refused

ACTOR = Actor.system("manage.client")


class Command(BaseCommand):
    help = "Give another court system a key, list the keys, take one back."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="a new client; its key pair is printed once")
        add.add_argument("name")
        add.add_argument("--scope", nargs="+", required=True, choices=sorted(SCOPES))
        add.add_argument("--projection", default="minimal", choices=projections.names())
        verbs.add_parser("list", help="all clients")
        verbs.add_parser("rotate", help="a new secret, printed once").add_argument("name")
        verbs.add_parser("revoke", help="take a key back").add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['verb']}")(options)
        except Refused as refusal:
            raise CommandError(str(refusal.sentence)) from refusal

    def _add(self, options: dict[str, Any]) -> None:
        pair = actions.add_client(
            name=options["name"],
            scopes=options["scope"],
            projection=options["projection"],
            actor=ACTOR,
        )
        self._show(pair)

    def _rotate(self, options: dict[str, Any]) -> None:
        self._show(actions.rotate_secret(name=options["name"], actor=ACTOR))
        self.stdout.write("The former secret works for another 24 hours.")

    def _show(self, pair: actions.KeyPair) -> None:
        self.stdout.write(f"client_id:     {pair.client_id}")
        self.stdout.write(f"client_secret: {pair.client_secret}")
        self.stdout.write("The secret is shown this once; it is stored hashed.")

    def _list(self, options: dict[str, Any]) -> None:
        for client in queries.all_clients():
            used = client.last_used_at.isoformat(timespec="minutes") if client.last_used_at else "-"
            scopes = " ".join(client.scopes) or "revoked"
            self.stdout.write(f"{client.name}\t{client.projection}\tlast used {used}\t{scopes}")

    def _revoke(self, options: dict[str, Any]) -> None:
        client = actions.revoke_client(name=options["name"], actor=ACTOR)
        self.stdout.write(f"{client.name} has no access any more.")
