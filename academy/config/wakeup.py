"""How the ledger's nudge travels: one small task per moment of writing."""

from academy.config.celery import app
from academy.ledger import wake


def _send() -> None:
    app.send_task("ledger.advance", expires=30, retry=False)


def install() -> None:
    """Let commits of this process wake the workers."""
    wake.use(_send)
