"""The workers. The broker is never the source of truth: all work is rows, tasks only say "look"."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_before_create_process, worker_process_init

from academy.config import schedule

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.config.settings")

app = Celery("academy")
app.conf.update(
    broker_url=os.environ.get("REDIS_URL", ""),
    broker_connection_retry_on_startup=True,
    # A killed worker's task comes back after the visibility timeout and the next sweep of unacked
    # messages; both are short because every task is short and safe to run twice. The timeout is
    # longer than a task may live, or a slow one would be given to a second worker beside the first.
    broker_transport_options={
        "visibility_timeout": 120,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
        "queue_order_strategy": "priority",  # in the order of schedule.QUEUES, not in turn
    },
    # Off the queue when it is done, not when it begins, also where the process was killed: nothing
    # is lost with a worker, and what is run twice for it does no harm.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_time_limit=110,
    task_soft_time_limit=100,
    # One in hand, none beside it: a worker never keeps a short task waiting behind a long one.
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    timezone="UTC",
)
app.conf["CELERY_DB_REUSE_MAX"] = 1_000  # else every task opens a database session of its own
schedule.install(app)
app.autodiscover_tasks(
    [
        "academy.ledger",
        "academy.messages",
        "academy.accounts",
        "academy.clients",
        "academy.exports",
        "academy.jobs",
        "academy.rest",
        "courses.search",
        "courses.planning",
        "enrollment.seats",
        "enrollment.requests",
        "enrollment.trips",
        "enrollment.reminders",
        "enrollment.attendance",
        "enrollment.certificates",
        "enrollment.credits",
        "enrollment.connectors",
        "enrollment.classroom",
    ],
    related_name="tasks",
)


@setup_logging.connect
def _keep_our_logs(**_kwargs: Any) -> None:
    """Django's LOGGING is used for workers too."""


@worker_before_create_process.connect
def _share_memory(**_kwargs: Any) -> None:
    """Letters name addresses of pages in three languages: loaded here, they are held once."""
    from academy.config import preload  # noqa: PLC0415 - Django must be set up first

    preload.load()


@worker_process_init.connect
def _wake_from_workers(**_kwargs: Any) -> None:
    from academy.config import wakeup  # noqa: PLC0415 - Django must be set up first

    wakeup.install(app)
