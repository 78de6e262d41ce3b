"""Scheduled work of the classroom."""

from celery import shared_task

from enrollment.classroom import actions


@shared_task(name="classroom.forget_needs", ignore_result=True)
def forget_needs() -> int:
    """Erase what nobody has to prepare for any more."""
    return actions.forget_needs()
