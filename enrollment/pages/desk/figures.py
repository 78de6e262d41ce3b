"""Where people would rather look than read: pictures of the record, their numbers, their files."""

import csv
from datetime import date, datetime, time
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_safe

from academy.access.enums import Right
from academy.core import clock, texts
from academy.core.errors import Missing
from academy.exports.rules import harmless
from enrollment.figures import access, queries
from enrollment.figures.claims import Wish
from enrollment.figures.enums import Picture
from enrollment.figures.rules import SMALLEST
from enrollment.pages.desk.frame import at_desk, render, viewer_of
from enrollment.pages.desk.picture_words import SAYS
from enrollment.pages.desk.picturing import draw, this_year, word

EVERYTHING = gettext_lazy("All")


class WishForm(forms.Form):
    """The filters of the address. What is left out means everything, and what is known now."""

    year = forms.TypedChoiceField(label=gettext_lazy("Year"), coerce=int, required=False)
    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)
    court = forms.ChoiceField(label=gettext_lazy("Court"), required=False)
    audience = forms.ChoiceField(label=gettext_lazy("Audience"), required=False)
    topic = forms.ChoiceField(label=gettext_lazy("Topic"), required=False)
    known = forms.DateField(
        label=gettext_lazy("As known on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, told: Any, *, today: date, language: str, options: Any) -> None:
        super().__init__(told)
        self.fields["year"].choices = [(year, str(year)) for year in this_year(today)]  # type: ignore[attr-defined]
        for name in ("region", "court", "audience", "topic"):
            found = options.get(name, [])
            choices = [(code, texts.pick(names, language).text) for code, names in found]
            self.fields[name].choices = [("", EVERYTHING), *choices]  # type: ignore[attr-defined]
            if not found:
                del self.fields[name]


@require_safe
@at_desk(Right.READ_COURT, Right.READ_ALL)
def listing(request: HttpRequest) -> HttpResponse:
    """The pictures that there are."""
    pictures = [(picture, SAYS[picture]) for picture in Picture]
    return render(request, "desk/figures.html", {"pictures": pictures})


@require_safe
@at_desk(Right.READ_COURT, Right.READ_ALL)
def show(request: HttpRequest, picture: str) -> HttpResponse:
    """One picture with its numbers."""
    wanted = _wanted(picture)
    form, wish = _asked(request)
    drawn = draw(wanted, wish) if wish else None
    context = {
        "form": form,
        "says": SAYS[wanted],
        "wanted": wanted,
        "drawn": drawn,
        "rows": [[word(cell) for cell in row] for row in drawn.rows] if drawn else [],
        "columns": _columns(drawn.columns, drawn.rows) if drawn else [],
        "wish": wish,
        "smallest": SMALLEST,
        "is_past": wish and bool(request.GET.get("known")),
        "tabs": _tabs(request, wanted),
        "file": f"{reverse('enrollment:figure-file', args=[picture])}?{request.GET.urlencode()}",
    }
    return render(request, "desk/figure.html", context)


@require_safe
@at_desk(Right.READ_COURT, Right.READ_ALL)
def file(request: HttpRequest, picture: str) -> HttpResponse:
    """The numbers of one picture as CSV, as offices open it: UTF-8 with its mark."""
    wanted = _wanted(picture)
    _form, wish = _asked(request)
    if wish is None:
        raise Missing("unknown_page", _("There is no such page."))
    drawn, text = draw(wanted, wish), StringIO()
    writer = csv.writer(text)
    writer.writerow(map(harmless, drawn.columns))
    for row in drawn.rows:
        writer.writerow([harmless(word(None) if one is None else one) for one in row])
    response = HttpResponse(
        text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8"
    )
    name = f"{wanted}-{wish.year}-{wish.known_at:%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _wanted(picture: str) -> Picture:
    if picture not in Picture.values:
        raise Missing("unknown_page", _("There is no such page."))
    return Picture(picture)


def _asked(request: HttpRequest) -> tuple[WishForm, Wish | None]:
    """The filters, and what they ask for; nothing where they cannot be read."""
    now, sight = clock.now(), access.sight_of(viewer_of(request))
    here = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    bare = Wish(here.year, now, sight, region=request.GET.get("region", "")[:40])
    form = WishForm(
        {"year": here.year, **request.GET.dict()},
        today=here.date(),
        language=request.LANGUAGE_CODE,
        options=queries.options(bare),
    )
    if not form.is_valid():
        return form, None
    told = form.cleaned_data
    known_at = _end_of(told["known"], now) if told["known"] else now
    wish = Wish(
        told["year"] or here.year,
        known_at,
        sight,
        region=told.get("region") or "",
        court=told.get("court") or "",
        audience=told.get("audience") or "",
        topic=told.get("topic") or "",
    )
    return form, wish


def _end_of(day: date, now: datetime) -> datetime:
    """The last moment of a day on the institution's clock, or now while it lasts."""
    return min(datetime.combine(day, time.max, ZoneInfo(settings.TIME_ZONE)), now)


def _tabs(request: HttpRequest, wanted: Picture) -> list[dict[str, object]]:
    """The other pictures, under the same filters."""
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return [
        {
            "url": reverse("enrollment:figure", args=[picture]) + query,
            "label": picture.label,
            "current": picture == wanted,
        }
        for picture in Picture
    ]


def _columns(columns: Any, rows: Any) -> list[dict[str, object]]:
    numbers = [at for at in range(len(columns)) if at]
    return [{"label": label, "number": at in numbers} for at, label in enumerate(columns)]
