"""What the style guide page shows: every component with sample data, nothing from the database."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms

from academy.web.icons import ICONS
from academy.web.states import LOOKS

_SOON = datetime(2027, 3, 9, 4, 30, tzinfo=UTC)

COLOURS = (
    *("page", "surface", "sunken", "text", "muted", "line", "control"),
    *("brand", "brand-strong", "brand-soft", "accent", "header"),
    *("info", "success", "warning", "danger", "neutral"),
)


class SampleForm(forms.Form):
    """One field of each kind; bound with wrong answers it also shows its errors."""

    reason = forms.CharField(
        label="Why do you ask for a substitute?",
        help_text="One sentence is enough. Only the registrar reads it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    email = forms.EmailField(label="E-mail address", help_text="For example: name@example.org")
    language = forms.ChoiceField(
        label="Language of teaching",
        choices=[("kk", "Қазақша"), ("ru", "Русский"), ("en", "English")],
    )
    channel = forms.ChoiceField(
        label="How shall we remind you?",
        choices=[("mail", "By e-mail"), ("desk", "Only on this site")],
        widget=forms.RadioSelect,
    )
    needs = forms.MultipleChoiceField(
        label="What do you need on the day?",
        choices=[
            ("ramp", "Step-free access"),
            ("loop", "Hearing loop"),
            ("diet", "A special diet"),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    day = forms.DateField(
        label="Day", widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    agree = forms.BooleanField(label="I have read the rules of this run")


def context() -> dict[str, Any]:
    """Everything that `web/styleguide.html` needs; the page view adds nothing."""
    wrong = {"email": "not an address", "language": "ru"}
    return {
        "colours": COLOURS,
        "icons": sorted(ICONS),
        "states": [(kind, list(looks)) for kind, looks in LOOKS.items()],
        "sample_form": SampleForm(auto_id="plain_%s"),
        "wrong_form": SampleForm(wrong, auto_id="wrong_%s"),
        "sample_breadcrumbs": [("/", "Catalogue"), ("/courses/", "Procedure")],
        "tones": ["info", "success", "warning", "danger"],
        "full": {
            "kk": "Сот төрелігіндегі жасанды интеллект",
            "ru": "Искусственный интеллект в правосудии",
        },
        "only_russian": {"ru": "Производство по делам несовершеннолетних"},
        "soon": _SOON,
        "same_day": _SOON + timedelta(hours=6),
        "days_later": _SOON + timedelta(days=2),
        "zone": "Asia/Almaty",
    } | _LISTS


_LISTS: dict[str, Any] = {
    "cards": [
        {
            "kicker": "CRIM-014 · 16 hours",
            "title": "Hearing vulnerable witnesses",
            "text": "How to prepare, question and protect a child or a victim in court.",
            "state": ("enrollment", "offered"),
            "facts": [
                {"icon": "calendar", "text": "9–11 March 2027"},
                {"icon": "place", "text": "Training centre, room 204"},
                {"icon": "people", "text": "3 of 24 seats left"},
            ],
        },
        {
            "kicker": "CIV-002 · 8 hours",
            "title": "Кәмелетке толмағандардың құқықтарын қорғау жөніндегі іс жүргізу",
            "text": "A long title, to see how it breaks.",
            "state": ("enrollment", "waitlisted"),
            "facts": [{"icon": "video", "text": "Online"}],
        },
    ],
    "tabs": [
        {"url": "#tabs", "label": "Coming", "current": True, "count": 2},
        {"url": "#tabs", "label": "Waiting for you", "count": 1},
        {"url": "#tabs", "label": "Done"},
    ],
    "steps": [
        {"label": "You asked for a seat", "state": "done", "note": "2 March, 10:14"},
        {"label": "The head of your court decides", "state": "current", "note": "By 9 March"},
        {"label": "Your seat is confirmed", "state": "todo"},
    ],
    "rows": [
        {"label": "Language", "value": "Қазақша", "url": "#summary", "action": "Change"},
        {"label": "Reminders", "value": "By e-mail", "url": "#summary", "action": "Change"},
        {"label": "Court", "value": "District court no. 2"},
    ],
    "columns": [{"label": "Name"}, {"label": "Court"}, {"label": "Minutes", "number": True}],
    "table_rows": [
        ["A. Sample", "District court no. 2", 360],
        ["Ә. Үлгі", "Мамандандырылған ауданаралық әкімшілік сот", 345],
        ["Б. Примерова", "Областной суд", 0],
    ],
    "facets": [
        {
            "name": "topic",
            "title": "Topic",
            "open": True,
            "options": [
                {"value": "crim", "label": "Criminal law", "count": 41, "chosen": True},
                {"value": "civ", "label": "Civil procedure", "count": 1204},
                {"value": "eth", "label": "Сот әдебі және кәсіби мінез-құлық", "count": 1},
            ],
        },
        {
            "name": "format",
            "title": "Format",
            "options": [{"value": "on", "label": "Online", "count": 7}],
        },
    ],
    "chips": [
        {"label": "Criminal law", "url": "#facets"},
        {"label": "Online", "url": "#facets"},
    ],
    "events": [
        {
            "when": _SOON,
            "title": "Seat confirmed",
            "by": "the queue",
            "text": "A seat became free.",
        },
        {
            "when": _SOON - timedelta(days=3),
            "title": "Put on the waiting list",
            "text": "Place 4.",
        },
        {"when": _SOON - timedelta(days=4), "title": "Asked for a seat"},
    ],
    "hidden": [("run", "sample")],
    "effects": ["The run ends.", "Everyone who holds a seat or waits is told at once."],
    "affected": {"count": 26, "names": ["A. Sample", "Ә. Үлгі"], "more": 24},
}
