"""The questions of a questionnaire as a form; whether an answer will do is the room's to say."""

from typing import Any

from django import forms

from academy.core.errors import Invalid
from academy.web.tags import text_filter, texts_tag
from enrollment.feedback.enums import Agreement, QuestionKind
from enrollment.feedback.models import FeedbackRound
from enrollment.feedback.rules import LONGEST, Question


class AnswerForm(forms.Form):
    """One field per question, in the reader's language."""

    def __init__(self, data: Any = None, *, of: FeedbackRound) -> None:
        super().__init__(data)
        self.questions = of.questionnaire.asked
        for question in self.questions:
            self.fields[question.key] = _field(question)

    @property
    def given(self) -> dict[str, str]:
        """What was sent, as it is."""
        return {each.key: str(self.data.get(each.key, "")) for each in self.questions}

    def say(self, refusal: Invalid) -> None:
        """Put each fault beside its question, in place of the form's own; nothing typed is lost."""
        self.full_clean()
        self.errors.clear()
        for name, sentences in refusal.fields.items():
            self.add_error(name, [str(sentence) for sentence in sentences])


def _field(question: Question) -> forms.Field:
    label = texts_tag(question.texts)
    if question.kind == QuestionKind.TEXT:
        return forms.CharField(
            label=label,
            required=question.is_required,
            max_length=LONGEST,
            widget=forms.Textarea(attrs={"rows": 4}),
        )
    choices: list[tuple[str, Any]] = list(Agreement.choices)
    if question.kind == QuestionKind.CHOICE:
        choices = [(key, text_filter(names)) for key, names in question.options]
    return forms.ChoiceField(
        label=label,
        required=question.is_required,
        choices=choices,
        widget=forms.RadioSelect,
    )
