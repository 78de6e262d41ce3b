"""A certificate at the desk: what it says, how it stands, and how the registrar ends it."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from academy.access.enums import Right
from academy.core import clock
from academy.core.errors import Missing, Refused
from enrollment.certificates import access, actions, rules
from enrollment.certificates.enums import EndReason
from enrollment.certificates.models import Certificate
from enrollment.certificates.phrases import PHRASES
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of

EDIT = require_http_methods(["GET", "HEAD", "POST"])
LABELS = {
    "person": gettext_lazy("Issued to"),
    "title": gettext_lazy("Course"),
    "period": gettext_lazy("Held"),
    "length": gettext_lazy("Length"),
    "issuer": gettext_lazy("Issued by"),
    "until": gettext_lazy("Valid until"),
}


class EndForm(forms.Form):
    """Why a certificate ends."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[("", gettext_lazy("Choose a reason")), *EndReason.choices],
        help_text=gettext_lazy("The holder reads it; the public check does not tell it."),
    )
    note = forms.CharField(
        label=gettext_lazy("A word for the record"),
        help_text=gettext_lazy("Needed for another reason. It stays with the academy."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )


@require_safe
@at_desk(Right.ISSUE, Right.READ_ALL)
def show(request: HttpRequest, certificate: UUID) -> HttpResponse:
    """What the paper says, whether it still holds, and what came before and after it."""
    viewer = viewer_of(request)
    row = access.certificate_for(viewer, certificate)
    paper = rules.Paper.from_json(row.paper)
    shown = rules.said(paper, _language(paper))
    context = {
        **_frame(row),
        "state": rules.state_at(row.state, row.expires_at, clock.now()),
        "facts": [(LABELS[name], text) for name, text in shown.items() if text],
        "reason": EndReason(row.end_reason).label if row.end_reason else "",
        "before": row.replaces,
        "after": Certificate.objects.filter(replaces=row).first(),
        "may_end": access.may_end(viewer, row),
    }
    return render(request, "desk/certificate.html", context)


@EDIT
@at_desk(Right.ISSUE)
def revoke(request: HttpRequest, certificate: UUID) -> HttpResponse:
    """End a certificate for good."""
    row = access.certificate_to_end(viewer_of(request), certificate)
    name = row.outcome.enrollment.person.full_name
    words = {
        "title": _("Revoke the certificate of %(name)s") % {"name": name},
        "effects": [
            _("From now on the public check says that it was revoked, and on which day."),
            _("The paper cannot be downloaded any more."),
            _("The result and the credit of the run stay on record."),
            _("%(name)s is told, with the reason.") % {"name": name},
            _("This cannot be undone."),
        ],
        "submit": _("Revoke the certificate"),
        "danger": True,
    }
    done = _("The certificate is revoked. Its holder will be told.")
    return _end(request, row, actions.revoke, words, done)


@EDIT
@at_desk(Right.ISSUE)
def replace(request: HttpRequest, certificate: UUID) -> HttpResponse:
    """Issue a new one in the place of a paper that is wrong."""
    row = access.certificate_to_end(viewer_of(request), certificate)
    name = row.outcome.enrollment.person.full_name
    old, new = rules.Paper.from_json(row.paper), actions.paper_of_today(row, at=clock.now())
    words = {
        "title": _("Replace the certificate of %(name)s") % {"name": name},
        "effects": [
            _("A new certificate is issued from what is on record today, with a new number."),
            _("From now on the public check says of the old number that it was replaced."),
            _("The result and the credit of the run stay on record."),
            _("%(name)s is told and led to the new paper.") % {"name": name},
        ],
        "compares": True,
        "differences": [
            (LABELS[about], was, now)
            for about, was, now in rules.differences(old, new, _language(new))
        ],
        "submit": _("Replace the certificate"),
    }
    done = _("The new certificate is issued. Its holder will be told.")
    return _end(request, row, actions.replace, words, done)


def _end(
    request: HttpRequest, row: Certificate, action: Any, words: dict[str, Any], done: str
) -> HttpResponse:
    """The consequences and the form; with a reason, the deed."""
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            left = action(certificate=row.public_id, actor=actor_of(request), **form.cleaned_data)
        except Missing:
            raise
        except Refused as refusal:
            _point_at(form, refusal)
        else:
            messages.success(request, done)
            return see("desk-certificate", certificate=left.public_id)
    return render(request, "desk/certificate_end.html", {**_frame(row), **words, "form": form})


def _point_at(form: forms.Form, refusal: Refused) -> None:
    if not refusal.fields:
        form.add_error(None, str(refusal.sentence))
    for name, sentences in refusal.fields.items():
        form.add_error(name, [str(sentence) for sentence in sentences])


def _frame(row: Certificate) -> dict[str, Any]:
    enrollment = row.outcome.enrollment
    return {"certificate": row, "enrollment": enrollment, "run": enrollment.run}


def _language(paper: rules.Paper) -> str:
    spoken = translation.get_language() or ""
    return spoken if spoken in PHRASES else paper.languages[0]
