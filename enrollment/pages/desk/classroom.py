"""What a trainer shares with the people of a run: a notice, shown before it is sent; materials."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from academy.access.enums import Right
from academy.core.errors import Refused
from courses.planning.models import Run
from enrollment.classroom import access as doors, actions, queries
from enrollment.pages.desk.frame import actor_of, at_desk, nonce_of, render, see, viewer_of
from enrollment.requests import access

EDIT = require_http_methods(["GET", "HEAD", "POST"])


class NoticeForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Subject"), max_length=120)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        help_text=gettext_lazy("An empty line begins a new paragraph."),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=4000,
    )


class MaterialForm(forms.Form):
    """A file or a link, whichever is given."""

    name = forms.CharField(
        label=gettext_lazy("Name of the file or link"),
        help_text=gettext_lazy("What participants see. Without it a file keeps its own name."),
        max_length=150,
        required=False,
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF, office documents without macros or pictures, up to 20 MB."),
        required=False,
    )
    url = forms.URLField(
        label=gettext_lazy("Or a link"), max_length=500, required=False, assume_scheme="https"
    )

    def clean(self) -> dict[str, object]:
        """One of the two; a link needs a name."""
        given = self.cleaned_data
        if not self.errors and bool(given.get("file")) == bool(given.get("url")):
            self.add_error("file", _("Give either a file or a link."))
        if given.get("url") and not given.get("name"):
            self.add_error("name", _("Give the link a name."))
        return given


@EDIT
@at_desk(Right.TEACH)
def notice(request: HttpRequest, run: UUID) -> HttpResponse:
    """Write, look at it, send it: only the second button sends."""
    row = access.run_to_teach(viewer_of(request), run)
    form = NoticeForm(request.POST if request.method == "POST" else None)
    reached = queries.reached_by_notices(row).count()
    shown = request.method == "POST" and form.is_valid()
    if shown and "send" in request.POST:
        try:
            return _send(request, row, form, reached)
        except Refused as refusal:
            form.add_error(None, str(refusal.sentence))
    context = {
        "run": row,
        "form": form,
        "reached": reached,
        "shown": shown and not form.errors,
        "nonce": nonce_of(request),
        "earlier": queries.notices_of(row)[:20],
    }
    return render(request, "desk/notice.html", context)


def _send(request: HttpRequest, run: Run, form: NoticeForm, reached: int) -> HttpResponse:
    actions.send_notice(
        run=run,
        title=form.cleaned_data["title"],
        text=form.cleaned_data["text"],
        author=viewer_of(request).person_id,
        nonce=nonce_of(request),
        actor=actor_of(request),
    )
    sentence = ngettext("Sent to %(count)d person.", "Sent to %(count)d people.", reached)
    messages.success(request, sentence % {"count": reached})
    return see("run", run=run.public_id)


@EDIT
@at_desk(Right.TEACH)
def materials(request: HttpRequest, run: UUID) -> HttpResponse:
    """Files and links for the people of the run; nothing typed is lost when a file is refused."""
    row = access.run_to_teach(viewer_of(request), run)
    sent = request.method == "POST"
    form = MaterialForm(request.POST if sent else None, request.FILES if sent else None)
    if sent and form.is_valid():
        try:
            _add(request, row, form)
        except Refused as refusal:
            form.add_error("file" if refusal.fields else None, str(refusal.sentence))
        else:
            messages.success(request, _("Shared with the people of this run."))
            return see("materials", run=run)
    context = {"run": row, "form": form, "materials": queries.materials_of(run)}
    return render(request, "desk/materials.html", context)


def _add(request: HttpRequest, run: Run, form: MaterialForm) -> None:
    given, actor = form.cleaned_data, actor_of(request)
    if given["file"]:
        actions.add_file(run=run, name=given["name"], file=given["file"], actor=actor)
    else:
        actions.add_link(run=run, name=given["name"], url=given["url"], actor=actor)


@require_POST
@at_desk(Right.TEACH)
def remove(request: HttpRequest, run: UUID, material: UUID) -> HttpResponse:
    """Take a material back."""
    row = access.run_to_teach(viewer_of(request), run)
    found = doors.material_to_read(viewer_of(request), material)
    if found.run_id == row.pk:
        actions.remove_material(material=found, actor=actor_of(request))
        messages.success(request, _("It is not shared any more."))
    return see("materials", run=run)
