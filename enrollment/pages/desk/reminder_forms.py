"""The form of a rule of reminding: before or after, how far, for whom, in which words."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from academy.core.errors import Refused
from enrollment.reminders.enums import AFTERWARDS, PLACEHOLDERS, Anchor, Recipient, Unit
from enrollment.reminders.models import ReminderRule
from enrollment.reminders.rule_actions import RuleDraft
from enrollment.reminders.rules import FURTHEST, HOUR, LONGEST_USE

BEFORE, AFTER = "before", "after"
CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
TEXTS = ("names", "titles", "texts")


class RuleForm(forms.Form):
    """Everything that the registrar decides about a rule."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    code = forms.SlugField(
        label=_("Code"), max_length=40, help_text=_("Short and lasting, for lists and records.")
    )
    anchor = forms.ChoiceField(label=_("What it counts from"), choices=Anchor.choices)
    recipient = forms.ChoiceField(label=_("Who is told"), choices=Recipient.choices)
    distance = forms.IntegerField(label=_("How far away"), min_value=0, max_value=FURTHEST)
    unit = forms.ChoiceField(
        label=_("Counted in"),
        choices=Unit.choices,
        help_text=_("Working days are those of the reader's court."),
    )
    side = forms.ChoiceField(
        label=_("Before or after"), choices=[(BEFORE, _("before")), (AFTER, _("after"))]
    )
    at_time = forms.TimeField(
        label=_("At which hour of that day"),
        widget=CLOCK,
        required=False,
        help_text=_("On the clock of the reader's court. Not needed where hours are counted."),
    )
    useless_after_hours = forms.IntegerField(
        label=_("Useless after so many hours"),
        min_value=1,
        max_value=LONGEST_USE // HOUR,
        help_text=_("Who comes in later than that after the moment is not told."),
    )
    quiet_from = forms.TimeField(
        label=_("Quiet hours begin"), widget=CLOCK, required=False,
        help_text=_("What falls due in quiet hours waits for their end, if it can wait."),
    )  # fmt: skip
    quiet_until = forms.TimeField(label=_("Quiet hours end"), widget=CLOCK, required=False)
    is_digest = forms.BooleanField(
        label=_("Keep for the next morning, in one mail with others"), required=False
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, data: Any = None, *, rule: ReminderRule | None = None) -> None:
        super().__init__(data, initial=_initial(rule))
        self.rule = rule
        if rule is not None:
            for name in ("code", "anchor", "recipient"):
                del self.fields[name]
        for language, spoken in settings.LANGUAGES:
            self.fields[f"names_{language}"] = forms.CharField(
                label=_("Name (%(language)s)") % {"language": spoken}, max_length=120
            )
            self.fields[f"titles_{language}"] = forms.CharField(
                label=_("Subject of the mail (%(language)s)") % {"language": spoken},
                max_length=200,
                required=False,
            )
            self.fields[f"texts_{language}"] = forms.CharField(
                label=_("Text of the mail (%(language)s)") % {"language": spoken},
                widget=forms.Textarea(attrs={"rows": 4}),
                max_length=4000,
                required=False,
            )

    def draft(self) -> RuleDraft:
        """What the action takes."""
        data = self.cleaned_data
        sign = -1 if data["side"] == BEFORE else 1
        return RuleDraft(
            anchor=Anchor(self.rule.anchor if self.rule else data["anchor"]),
            recipient=Recipient(self.rule.recipient if self.rule else data["recipient"]),
            offset=sign * data["distance"],
            unit=Unit(data["unit"]),
            at_time=data["at_time"] if data["unit"] != Unit.HOURS else None,
            useless_after_hours=data["useless_after_hours"],
            quiet_from=data["quiet_from"],
            quiet_until=data["quiet_until"],
            is_digest=data["is_digest"],
            is_active=data["is_active"],
            **{name: self._texts(name) for name in TEXTS},
        )

    def _texts(self, name: str) -> dict[str, str]:
        told = {code: self.cleaned_data[f"{name}_{code}"].strip() for code, _ in settings.LANGUAGES}
        return {code: text.replace("\r\n", "\n") for code, text in told.items() if text}

    def say(self, refusal: Refused) -> None:
        """Put the refusal beside what it is about; what was typed stays."""
        for name, sentences in refusal.fields.items():
            shown = name if name in self.fields else None
            self.add_error(shown, [str(sentence) for sentence in sentences])
        if not refusal.fields:
            self.add_error(None, str(refusal.sentence))

    @property
    def when_fields(self) -> list[forms.BoundField]:
        """The part that says whom and when."""
        return [self[name] for name in self.fields if not name.startswith(TEXTS)]

    @property
    def word_fields(self) -> list[tuple[object, list[forms.BoundField]]]:
        """The part that says it in words, by language."""
        return [
            (spoken, [self[f"{name}_{code}"] for name in TEXTS])
            for code, spoken in settings.LANGUAGES
        ]


def _initial(rule: ReminderRule | None) -> dict[str, Any]:
    if rule is None:
        return {"side": BEFORE, "unit": Unit.DAYS, "useless_after_hours": 24, "at_time": "09:00"}
    names = ("unit", "at_time", "useless_after_hours", "quiet_from", "quiet_until")
    kept = {name: getattr(rule, name) for name in (*names, "is_digest", "is_active", "revision")}
    words = {
        f"{name}_{code}": getattr(rule, name).get(code, "")
        for name in TEXTS
        for code, _ in settings.LANGUAGES
    }
    side = AFTER if rule.offset > 0 or rule.anchor in AFTERWARDS else BEFORE
    return {**kept, **words, "distance": abs(rule.offset), "side": side}


def braces() -> str:
    """The facts that own words may name."""
    return ", ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS))
