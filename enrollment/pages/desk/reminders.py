"""Rules of reminding: what there is, what it would come to within a month, and changing it."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from academy.access.enums import Right
from academy.core import clock
from academy.core.errors import Missing, Refused
from academy.messages.registry import kind
from academy.messages.render import Writer
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of
from enrollment.pages.desk.reminder_forms import RuleForm, braces
from enrollment.reminders import forecasts, reminding, rule_actions, subjects
from enrollment.reminders.enums import WHO, kind_of
from enrollment.reminders.forecasts import Forecast
from enrollment.reminders.models import ReminderRule

EDIT = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 100


@require_safe
@at_desk(Right.READ_ALL)
def listing(request: HttpRequest) -> HttpResponse:
    """Every rule, and how many people each would tell within a month."""
    now = clock.now()
    context = {
        "forecasts": [
            forecasts.forecast(rule, now, limit=1) for rule in ReminderRule.objects.all()
        ],
        "edits": viewer_of(request).may(Right.REGISTER),
    }
    return render(request, "desk/reminders.html", context)


@require_safe
@at_desk(Right.READ_ALL)
def coming(request: HttpRequest) -> HttpResponse:
    """Who would get what within a month, in the order of time."""
    now = clock.now()
    active = ReminderRule.objects.filter(is_active=True)
    coming = [forecasts.forecast(rule, now, limit=SHOWN) for rule in active]
    rows = sorted(
        ((seen, each.rule) for each in coming for seen in each.first),
        key=lambda row: (row[0].at, row[0].person),
    )
    context = {"rows": rows[:SHOWN], "number": sum(each.number for each in coming)}
    return render(request, "desk/reminders_next.html", context)


@EDIT
@at_desk(Right.REGISTER)
def new(request: HttpRequest) -> HttpResponse:
    """A rule that is not there yet; looked at first, then added."""
    form = RuleForm(request.POST or None)
    return _work(request, form, None)


@EDIT
@at_desk(Right.REGISTER)
def edit(request: HttpRequest, rule: str) -> HttpResponse:
    """One rule: what it comes to, and another way to say or time it."""
    row = ReminderRule.objects.filter(code=rule).first()
    if row is None:
        raise Missing("unknown_rule", _("There is no such rule."))
    form = RuleForm(request.POST or None, rule=row)
    return _work(request, form, row)


def _work(request: HttpRequest, form: RuleForm, row: ReminderRule | None) -> HttpResponse:
    """Show, preview or save: nothing changes before it was asked for by name."""
    looked_at = row
    if request.method == "POST" and form.is_valid():
        try:
            looked_at = _proposed(form, row)
            if "save" in request.POST:
                return _save(request, form, row)
        except Refused as refusal:
            form.say(refusal)
    context = {
        "form": form,
        "rule": row,
        "preview": looked_at and not form.errors and _preview(looked_at, clock.now()),
        "is_proposal": request.method == "POST",
        "braces": braces(),
        "roles": [(anchor.label, [who.label for who in roles]) for anchor, roles in WHO.items()],
    }
    return render(request, "desk/reminder.html", context)


def _proposed(form: RuleForm, row: ReminderRule | None) -> ReminderRule:
    """The rule as the form says it, not saved."""
    return rule_actions.propose(code=row.code if row else "", draft=form.draft())


def _save(request: HttpRequest, form: RuleForm, row: ReminderRule | None) -> HttpResponse:
    actor = actor_of(request)
    if row is None:
        saved = rule_actions.add_rule(
            code=form.cleaned_data["code"], draft=form.draft(), actor=actor
        )
        messages.success(request, _("The rule is added and in force."))
    else:
        saved = rule_actions.edit_rule(
            code=row.code,
            revision=form.cleaned_data["revision"] or 0,
            draft=form.draft(),
            actor=actor,
        )
        messages.success(request, _("The rule is saved. Who was told already is not told again."))
    return see("reminder", rule=saved.code)


def _preview(rule: ReminderRule, now: datetime) -> dict[str, Any]:
    """Who, when, and the words of one such mail in every language."""
    found: Forecast = forecasts.forecast(rule, now)
    at = found.first[0].at if found.first else now
    rows = subjects.subject_rows(rule, [found.first[0].subject_id]) if found.first else {}
    holds = next((reminding.holds(rule, row, at) for row in rows.values()), None)
    holds = holds or reminding.example(rule, now)
    writer, name = Writer(), "…"
    words = [
        writer.words(kind(kind_of(rule.anchor)), holds, name=name, language=code)
        for code, _name in settings.LANGUAGES
        if holds
    ]
    return {"forecast": found, "words": words}
