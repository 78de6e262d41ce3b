"""Who teaches a run: named by the registrar, with who is busy at these hours shown first."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from academy.access.enums import Right
from academy.core import clock
from academy.core.errors import Refused
from academy.people.models import Person
from courses.planning.models import Run
from enrollment.pages.desk.forms import TRAINERS
from enrollment.pages.desk.frame import actor_of, at_desk, render, see, viewer_of
from enrollment.requests import access, plan_checks, run_actions
from enrollment.requests.plan_checks import Against

FEWEST = 3
AGREED = "agreed"
OTHERS = gettext_lazy("Another trainer")


class TrainersForm(forms.Form):
    """A choice per trainer, the lead first; there is always an empty one for another."""

    def __init__(self, data: Any = None, *, present: list[Person]) -> None:
        super().__init__(data)
        # Whoever teaches it now stays a choice, also without the role.
        is_trainer = Q(pk__in=TRAINERS.values("pk")) | Q(pk__in=[one.pk for one in present])
        known = Person.objects.filter(is_trainer).order_by("sort_key")
        for number in range(max(FEWEST, len(present) + 1)):
            self.fields[f"trainer_{number}"] = forms.ModelChoiceField(
                known,
                to_field_name="public_id",
                label=OTHERS if number else gettext_lazy("Leading trainer"),
                empty_label=gettext_lazy("Nobody"),
                required=not number,
                initial=present[number].public_id if number < len(present) else None,
            )

    def chosen(self) -> list[int]:
        """Whom the form names, each once, in the order of the form."""
        named = [self.cleaned_data[name] for name in self.fields if self.cleaned_data[name]]
        return list(dict.fromkeys(one.pk for one in named))


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Right.REGISTER)
def trainers(request: HttpRequest, run: UUID) -> HttpResponse:
    """Name them; who or what is wanted twice is shown first and agreed to."""
    row = access.run_to_register(viewer_of(request), run)
    present = [one.person for one in _assigned(row)]
    form = TrainersForm(request.POST or None, present=present)
    against = None
    if request.method == "POST" and form.is_valid():
        against = _against(request, row, form)
        if against.mark == request.POST.get(AGREED, "") and _named(request, row, form):
            messages.success(request, _("The trainers are named."))
            return see("run", run=run)
    context = {
        "run": row,
        "form": form,
        "against": against,
        "hidden": [(AGREED, against.mark)] if against else [],
    }
    return render(request, "desk/run_trainers.html", context)


def _assigned(row: Run) -> Any:
    return row.assignments.select_related("person").order_by("-is_lead", "pk")


def _against(request: HttpRequest, row: Run, form: TrainersForm) -> Against:
    return plan_checks.of_trainers(row, form.chosen(), actor=actor_of(request), at=clock.now())


def _named(request: HttpRequest, row: Run, form: TrainersForm) -> bool:
    """Whether they are named now; a refusal is said above the form."""
    try:
        run_actions.name_trainers(
            run=row.public_id, trainers=form.chosen(), actor=actor_of(request)
        )
    except Refused as refusal:
        form.add_error(None, str(refusal.sentence))
        return False
    return True
