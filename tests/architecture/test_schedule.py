import re

from academy.config import schedule
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
    assert list(clock.amqp.queues) == list(app.amqp.queues) == ["urgent", "bulk"]
    for name in ("beat_schedule", "task_routes", "task_default_queue"):
        assert clock.conf[name] == app.conf[name]


def test_what_somebody_waits_for_does_not_wait_behind_what_is_long():
    where = {name: app.amqp.router.route({}, name)["queue"].name for name in our_tasks()}

    assert where["ledger.advance"] == where["clients.call_webhooks"] == "urgent"
    long = ("messages.deliver", "reminders.plan", "exports.write", "credits.reckon")
    assert {where[name] for name in (*long, "connectors.carry")} == {"bulk"}
    assert {name: schedule.queue_of(name) for name in where} == where


def test_a_worker_empties_the_urgent_queue_first():
    """On the real broker: what came last is taken first, if it is urgent."""
    order = []
    with app.connection_for_write() as connection, connection.channel() as channel:
        queues = list(app.amqp.queues.values())
        for queue in queues:
            queue(channel).declare()
            queue(channel).purge()
        producer = connection.Producer(channel)
        for name in ("bulk", "bulk", "urgent"):
            producer.publish(name, routing_key=name, exchange="")
        consumer = connection.Consumer(queues, channel=channel, auto_declare=False)
        consumer.qos(prefetch_count=1)
        consumer.register_callback(lambda body, message: (order.append(body), message.ack()))
        with consumer:
            while len(order) < 3:
                connection.drain_events(timeout=5)

    assert order == ["urgent", "bulk", "bulk"]


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
