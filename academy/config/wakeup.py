"""How the ledger's nudge travels: one small task per moment of writing."""

from celery import Celery

from academy.ledger import wake


def install(app: Celery) -> None:
    """Let commits of this process wake the workers."""
    wake.use(lambda: app.send_task("ledger.advance", expires=30, retry=False))
