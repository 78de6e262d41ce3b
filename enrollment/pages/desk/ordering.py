"""The order of service at the desk: priority rules, a run's own rules, its list, its selection."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from academy.access.enums import Right
from academy.core import clock
from courses.planning.models import Run
from enrollment.pages import queue_words
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of
from enrollment.pages.desk.rule_forms import (
    OutOfOrderForm,
    PolicyForm,
    PriorityForm,
    SelectionForm,
    StepFormSet,
    steps_in,
    steps_initial,
)
from enrollment.requests import access, actions, rule_actions, rule_queries, selection
from enrollment.seats.enums import FIRST_CLASS, STANDARD_CLASS

EDIT = require_http_methods(["GET", "HEAD", "POST"])
DO = "do"


@require_safe
@at_desk(Right.REGISTER, Right.READ_ALL)
def priority(request: HttpRequest) -> HttpResponse:
    """Every rule with its weight and its history; who may register can change it."""
    return _priority(request)


@require_POST
@at_desk(Right.REGISTER)
def change_priority(request: HttpRequest, code: str) -> HttpResponse:
    """Publish another weight of one rule."""
    form = PriorityForm(request.POST, prefix=code)
    if not form.is_valid():
        return _priority(request, form)
    rule_actions.change_priority_rule(code=code, actor=actor_of(request), **form.cleaned_data)
    messages.success(request, _("The rule is published. Who has asked already keeps their class."))
    return see("priority")


def _priority(request: HttpRequest, sent: PriorityForm | None = None) -> HttpResponse:
    rules = rule_queries.priority_rules()
    forms = {rule.code: PriorityForm.of(rule) for rule in rules}
    if sent is not None:
        forms[str(sent.prefix)] = sent
    context = {
        "rows": [(rule, forms[rule.code]) for rule in rules],
        "changes": rule_queries.rule_changes(rules),
        "first": FIRST_CLASS,
        "standard": STANDARD_CLASS,
        "registers": viewer_of(request).may(Right.REGISTER),
    }
    response = render(request, "desk/priority.html", context)
    response.status_code = 200 if sent is None else 422
    return response


@EDIT
@at_desk(Right.REGISTER)
def run_rules(request: HttpRequest, run: UUID) -> HttpResponse:
    """Whose decisions a run asks for, and how its queue is served; two forms."""
    row = access.run_to_register(viewer_of(request), run)
    sent = request.POST if request.method == "POST" else None
    policy = PolicyForm.of(row) if sent is None else PolicyForm(sent, prefix="policy")
    rules = list(row.step_rules.order_by("number"))
    steps = StepFormSet(sent, initial=steps_initial(rules), prefix="steps")
    if sent is not None and policy.is_valid() and steps.is_valid():
        wanted = steps_in([form.cleaned_data for form in steps])
        actor = actor_of(request)
        rule_actions.set_steps(run=run, steps=wanted, actor=actor)
        rule_actions.set_queue_policy(run=run, policy=policy.policy, actor=actor)
        messages.success(request, _("The rules hold for everybody who asks from now on."))
        return see("run", run=run)
    return render(request, "desk/run_rules.html", {"run": row, "policy": policy, "steps": steps})


@require_safe
@at_desk(Right.TEACH, Right.READ_ALL)
def queue(request: HttpRequest, run: UUID) -> HttpResponse:
    """The waiting list in its order, and why earlier looks along it promoted or passed over."""
    viewer = viewer_of(request)
    row = access.run_to_read(viewer, run)
    passes = [
        {
            "at": one.at,
            "cause": queue_words.cause(one.cause),
            "free": one.free_before,
            "looks": [
                (look, queue_words.to_the_desk(look.verdict, look.reason))
                for look in one.looks.all()
            ],
        }
        for one in rule_queries.passes(row)
    ]
    context = {
        "run": row,
        "waiting": rule_queries.waiting_in_order(row),
        "passes": passes,
        "registers": viewer.may(Right.REGISTER),
    }
    return render(request, "desk/queue.html", context)


@EDIT
@at_desk(Right.REGISTER)
def out_of_order(request: HttpRequest, enrollment: UUID) -> HttpResponse:
    """Give a free seat past the queue, with a reason that stays on record."""
    row = access.own_enrollment(viewer_of(request), enrollment)
    form = OutOfOrderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.promote_out_of_order(
            enrollment=enrollment, actor=actor_of(request), **form.cleaned_data
        )
        messages.success(request, _("The seat is given. The reason is on record."))
        return see("run-queue", run=row.run.public_id)
    context = {
        "form": form,
        "run": row.run,
        "title": _("Give a seat to %(name)s past the queue") % {"name": row.person.full_name},
        "effects": [
            _("A free seat of the run goes to this person although others wait."),
            _("The enrolment and the record are marked as out of order, with your reason."),
        ],
        "affected": _passed_by(row.run, enrollment),
        "submit": _("Give the seat"),
    }
    return render(request, "desk/confirm.html", context)


def _passed_by(run: Run, chosen: UUID) -> dict[str, Any]:
    """Those who stand before the chosen one."""
    names = []
    for line in rule_queries.waiting_in_order(run):
        if line.enrollment.public_id == chosen:
            break
        names.append(line.enrollment.person.full_name)
    return {"count": len(names), "names": names[:10], "more": max(len(names) - 10, 0)}


@EDIT
@at_desk(Right.REGISTER)
def select(request: HttpRequest, run: UUID) -> HttpResponse:
    """First the order in which people would be chosen and why; with the second button, the pass."""
    row = access.run_to_register(viewer_of(request), run)
    now = clock.now()
    form = SelectionForm(request.POST or None, initial={"seed": int(now.timestamp())})
    shown = None
    if request.method == "POST" and form.is_valid():
        if DO in request.POST:
            selection.select(run=run, terms=form.terms, actor=actor_of(request))
            messages.success(request, _("The selection is made. Everybody will be told."))
            return see("run-queue", run=run)
        report = selection.preview(run=run, terms=form.terms)
        shown = [(one, queue_words.to_the_desk("", one.choice.reason)) for one in report.rows]
    context = {
        "run": row,
        "form": form,
        "shown": shown,
        "do": DO,
        "is_gathered": now >= row.enrollment_closes_at,
    }
    return render(request, "desk/selection.html", context)
