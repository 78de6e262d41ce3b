"""Is the service alive, is it ready, how is it doing."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from academy.core import clock
from academy.rest import measures
from academy.rest.docs import unknown_address

CLOCKS_MAY_DIFFER = timedelta(seconds=5)
LOOPBACK = ("127.", "::1", "::ffff:127.")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse(b"ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Everything that work needs is there: 200 with each check, or 503 naming what is wrong."""
    wrong = {name: trouble for name, check in CHECKS.items() if (trouble := _trouble(check))}
    answer = {name: wrong.get(name, "ok") for name in CHECKS}
    return JsonResponse(answer, status=503 if wrong else 200)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text, for this machine or the holder of METRICS_TOKEN; nobody else finds it."""
    if not _may_measure(request):
        return unknown_address(request)
    registry = CollectorRegistry()
    for measure in measures.measure():
        gauge = Gauge(measure.name, measure.help, [measure.label], registry=registry)
        for value, number in measure.numbers.items():
            gauge.labels(value).set(number)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _trouble(check: Callable[[], str]) -> str:
    try:
        return check()
    except (DatabaseError, redis.RedisError, OSError) as error:
        return type(error).__name__


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_length(show_trgm('сот'), 1)")
        has_trigrams = bool(cursor.fetchone()[0])
    return "" if has_trigrams else "the database's ctype cannot read Cyrillic"


def _broker() -> str:
    redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2).ping()
    return ""


def _clocks() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", ["now"])  # the one question about its clock
        theirs: datetime = cursor.fetchone()[0]
    apart = abs(clock.now() - theirs)
    return "" if apart <= CLOCKS_MAY_DIFFER else f"clocks are {apart.total_seconds():.0f} s apart"


def _time_zone() -> str:
    """Kazakhstan has one zone since March 2024; an old table of zones would be an hour off."""
    offset = datetime(2026, 1, 1, tzinfo=UTC).astimezone(ZoneInfo("Asia/Almaty")).utcoffset()
    return "" if offset == timedelta(hours=5) else "the table of time zones is too old"


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "broker": _broker,
    "clocks": _clocks,
    "time_zones": _time_zone,
}


def _may_measure(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and secrets.compare_digest(sent.encode(), token.encode()):
        return True
    is_proxied = "X-Forwarded-For" in request.headers
    return not is_proxied and request.META.get("REMOTE_ADDR", "").startswith(LOOPBACK)
