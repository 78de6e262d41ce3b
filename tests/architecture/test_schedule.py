import re

from academy.config.celery import app
from academy.config.clock import app as clock
from tests.architecture.sources import python_files, text_of


def our_tasks():
    app.loader.import_default_modules()
    return {name for name in app.tasks if not name.startswith("celery.")}


def scheduled():
    return {entry["task"] for entry in app.conf.beat_schedule.values()}


def test_the_schedule_names_tasks_that_exist():
    assert scheduled() - our_tasks() == set()


def test_the_clock_sends_to_the_queue_that_the_workers_read():
    """Two applications: a beat into another queue is heard by nobody, and nothing fails."""
    assert set(clock.amqp.queues) == set(app.amqp.queues)
    assert clock.conf.beat_schedule == app.conf.beat_schedule


def test_every_task_is_scheduled_or_sent():
    """A task nobody starts is dead code that looks alive."""
    sent = set()
    for path in python_files("academy"):
        if "config" in path.parts:
            sent.update(re.findall(r"""send_task\(\s*["']([\w.]+)["']""", text_of(path)))

    assert our_tasks() - scheduled() - sent == set()


def test_every_task_file_is_known_to_the_workers():
    """Celery is given the rooms by name: a tasks.py that is not on the list never runs."""
    modules = {app.tasks[name].__module__ for name in our_tasks()}
    files = {
        ".".join(path.with_suffix("").parts[-3:])
        for path in python_files()
        if path.name == "tasks.py"
    }

    assert files == modules
