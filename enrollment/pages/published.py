"""In which order seats are given: the rules, published for everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from academy.access.enums import Right
from academy.web.http import public_page, viewer_of
from enrollment.requests import rule_queries
from enrollment.seats.enums import FIRST_CLASS, STANDARD_CLASS


@require_safe
@public_page
def priority(request: HttpRequest) -> HttpResponse:
    """The rules in force, those that are not, and when each was changed."""
    rules = rule_queries.priority_rules()
    context = {
        "in_force": [rule for rule in rules if rule.is_active],
        "suspended": [rule for rule in rules if not rule.is_active],
        "changes": rule_queries.rule_changes(rules),
        "first": FIRST_CLASS,
        "standard": STANDARD_CLASS,
        "edits": viewer_of(request).may(Right.REGISTER),
    }
    return render(request, "enrollment/priority.html", context)
