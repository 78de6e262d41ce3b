"""Files of whole lists: asked for, watched while they are written, fetched."""

from collections.abc import Mapping
from uuid import UUID

from django import forms
from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from academy.access.enums import Right
from academy.core.errors import Refused
from academy.exports import actions, queries
from academy.exports.actions import PREFIX, Order
from academy.exports.enums import Format
from academy.exports.models import Export
from academy.exports.registry import exporters
from academy.jobs.models import Job
from enrollment.pages.desk.frame import actor_of, at_desk, render, see

SHOWN = 30
OPEN = {Job.State.WAITING, Job.State.RUNNING}
FORMS: Mapping[Format, str | Promise] = {
    Format.XLSX: gettext_lazy("Excel"),
    Format.CSV: gettext_lazy("CSV"),
    Format.NDJSON: gettext_lazy("NDJSON, for programs"),
    Format.ZIP: gettext_lazy("ZIP, for rosters"),
}
STATES: Mapping[str, str | Promise] = {
    Job.State.WAITING: gettext_lazy("Begins in a moment"),
    Job.State.RUNNING: gettext_lazy("Is being written"),
    Job.State.DONE: gettext_lazy("Ready"),
    Job.State.FAILED: gettext_lazy("Failed"),
}


class ExportForm(forms.Form):
    """Which list, and in which form."""

    kind = forms.ChoiceField(label=gettext_lazy("List"))
    format = forms.ChoiceField(label=gettext_lazy("Format"), choices=[*FORMS.items()])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind, exporter.title) for kind, exporter in exporters().items()
        ]


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.REGISTER)
def listing(request: HttpRequest) -> HttpResponse:
    """Ask for a file; below, what one has asked for."""
    form = ExportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        order = Order(form.cleaned_data["kind"], Format(form.cleaned_data["format"]))
        try:
            actions.ask_export(order, client=None, actor=actor_of(request))
        except Refused as refusal:
            form.add_error("format", str(refusal.sentence))
        else:
            notices.success(request, _("The file is being written."))
            return see("exports")
    rows = list(queries.exports_of(actor_of(request).id)[:SHOWN])
    context = {
        "form": form,
        "exports": [_line(row) for row in rows],
        "is_busy": any(row.job.state in OPEN for row in rows),
    }
    return render(request, "desk/exports.html", context)


def _line(export: Export) -> dict[str, object]:
    exporter = exporters().get(export.job.kind.removeprefix(PREFIX))
    is_over = export.job.state == Job.State.DONE and not queries.is_ready(export)
    return {
        "job": export.job,
        "export": export,
        "title": exporter.title if exporter else export.job.kind,
        "form": FORMS[Format(export.format)],
        "state": _("Taken away") if is_over else STATES[export.job.state],
        "is_ready": queries.is_ready(export),
    }


@require_safe
@at_desk(Right.REGISTER)
def fetch(request: HttpRequest, export: UUID) -> HttpResponse:
    """To the file, by a link that works for a quarter of an hour."""
    row = queries.export_of(export, actor_of(request).id)
    link = reverse("academy_api:export-file", args=[queries.link_token(row)])
    return HttpResponseRedirect(link)
