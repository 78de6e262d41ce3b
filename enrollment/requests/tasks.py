"""Scheduled work on requests: what happens by the clock."""

from celery import shared_task

from enrollment.requests import bulk, go_no_go, nominations, plan_copies, pool_actions, timers


@shared_task(name="requests.expire_due")
def expire_due() -> int:
    """End offers and re-confirmations whose time is over."""
    return timers.expire_due()


@shared_task(name="requests.lapse_decisions")
def lapse_decisions() -> int:
    """Close decisions that nobody made in time."""
    return timers.lapse_decisions()


@shared_task(name="requests.advance_runs")
def advance_runs() -> int:
    """Start and finish runs when their hour has come."""
    return timers.advance_runs()


@shared_task(name="requests.judge_sizes")
def judge_sizes() -> int:
    """Let runs go ahead that have enough people on their date; warn of the others."""
    return go_no_go.judge_sizes()


@shared_task(name="requests.follow_posts")
def follow_posts() -> int:
    """Bring places to what HR said of posts and service."""
    return timers.follow_posts()


@shared_task(name="requests.sweep")
def sweep() -> int:
    """Promote wherever a free seat and a waiting person meet."""
    return timers.sweep()


@shared_task(name="requests.release_pools")
def release_pools() -> int:
    """Let the pools whose date has come fall to their parents."""
    return pool_actions.release_due()


@shared_task(name="requests.nominate")
def nominate() -> int:
    """Carry on the nominations that wait or stopped in the middle."""
    return nominations.carry_on_all()


@shared_task(name="requests.bulk")
def carry_on_bulk() -> int:
    """Carry on what is done to many runs at once."""
    return bulk.carry_on_all()


@shared_task(name="requests.copy_plans")
def copy_plans() -> int:
    """Carry on the copies of plans that wait or stopped in the middle."""
    return plan_copies.carry_on_all()
