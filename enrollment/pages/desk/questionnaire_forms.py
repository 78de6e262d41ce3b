"""Forms of questionnaires: words and questions in every language, as many lines as answers."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from academy.core.errors import Refused
from enrollment.feedback.enums import Moment, QuestionKind
from enrollment.feedback.models import Questionnaire
from enrollment.feedback.questionnaire_actions import Draft
from enrollment.feedback.rules import Question

MORE = 2  # empty questions at the end
MOST = 30


class CourseForm(forms.Form):
    """Which course asks it."""

    course = forms.CharField(label=_("Code of the course"), max_length=60)


class WordsForm(forms.Form):
    """How a questionnaire is called and introduced."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, of: Questionnaire) -> None:
        super().__init__(data, initial={"revision": of.revision})
        for code, spoken in settings.LANGUAGES:
            self.fields[f"names_{code}"] = forms.CharField(
                label=_("Name (%(language)s)") % {"language": spoken},
                max_length=120,
                initial=of.names.get(code, ""),
            )
            self.fields[f"intro_{code}"] = forms.CharField(
                label=_("Introduction (%(language)s)") % {"language": spoken},
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 2}),
                initial=of.intro.get(code, ""),
                required=False,
            )

    def say(self, refusal: Refused) -> None:
        """The refusal above the form; what was typed stays."""
        sentences = [each for some in refusal.fields.values() for each in some]
        for sentence in sentences or [refusal.sentence]:
            self.add_error(None, str(sentence))


class QuestionForm(forms.Form):
    """One question; an empty one is none."""

    key = forms.SlugField(
        label=_("Key"),
        max_length=40,
        required=False,
        help_text=_("Short and lasting. The answers are counted under it."),
    )
    kind = forms.ChoiceField(label=_("How it is answered"), choices=QuestionKind.choices)
    is_required = forms.BooleanField(label=_("Must be answered"), required=False)
    is_overall = forms.BooleanField(label=_("Its mean stands on the course's page"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, spoken in settings.LANGUAGES:
            self.fields[f"texts_{code}"] = forms.CharField(
                label=_("Question (%(language)s)") % {"language": spoken},
                max_length=300,
                required=False,
            )
            self.fields[f"options_{code}"] = forms.CharField(
                label=_("Answers to choose from (%(language)s)") % {"language": spoken},
                help_text=_("One on each line, in the same order in every language."),
                widget=forms.Textarea(attrs={"rows": 3}),
                max_length=2000,
                required=False,
            )

    def question(self, kept: Mapping[str, Question]) -> Question | None:
        """The question; none where nothing was typed."""
        data, codes = self.cleaned_data, [code for code, _name in settings.LANGUAGES]
        texts = {code: data[f"texts_{code}"] for code in codes if data.get(f"texts_{code}")}
        if not texts:
            return None
        key, kind = data["key"], QuestionKind(data["kind"])
        known = [name for name, _texts in kept[key].options] if key in kept else []
        return Question(
            key=key,
            kind=kind,
            texts=texts,
            options=self._options(codes, known) if kind == QuestionKind.CHOICE else (),
            is_required=data["is_required"],
            is_overall=data["is_overall"],
        )

    def _options(
        self, codes: list[str], known: list[str]
    ) -> tuple[tuple[str, Mapping[str, str]], ...]:
        lines = {code: self.cleaned_data[f"options_{code}"].splitlines() for code in codes}
        longest = max(map(len, lines.values()))
        names = [known[at] if at < len(known) else f"answer_{at + 1}" for at in range(longest)]
        return tuple(
            (
                name,
                {code: lines[code][at].strip() for code in codes if at < len(lines[code])},
            )
            for at, name in enumerate(names)
        )


Formset = forms.formset_factory(
    QuestionForm, extra=MORE, max_num=MOST, validate_max=True, absolute_max=MOST + MORE
)


class QuestionForms(Formset):  # type: ignore[misc, valid-type]
    """The questions in their order, and room for more."""

    def __init__(self, data: Any, *, of: Questionnaire) -> None:
        self.kept = {question.key: question for question in of.asked}
        super().__init__(data, initial=[_initial(each) for each in of.asked], prefix="question")

    def draft(self, words: WordsForm, row: Questionnaire) -> Draft:
        """What the action takes."""
        asked = [form.question(self.kept) for form in self.forms]
        said = words.cleaned_data

        def texts(name: str) -> dict[str, str]:
            told = {code: said[f"{name}_{code}"] for code, _spoken in settings.LANGUAGES}
            return {code: text for code, text in told.items() if text}

        return Draft(
            moment=Moment(row.moment),
            names=texts("names"),
            intro=texts("intro"),
            questions=[question for question in asked if question],
            is_default=row.is_default,
        )


def _initial(question: Question) -> dict[str, Any]:
    codes = [code for code, _spoken in settings.LANGUAGES]
    return {
        "key": question.key,
        "kind": question.kind.value,
        "is_required": question.is_required,
        "is_overall": question.is_overall,
        **{f"texts_{code}": question.texts.get(code, "") for code in codes},
        **{
            f"options_{code}": "\n".join(names.get(code, "") for _key, names in question.options)
            for code in codes
        },
    }
