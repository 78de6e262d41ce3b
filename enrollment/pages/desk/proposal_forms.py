"""Forms of those who develop courses together: what is proposed, said, answered and decided."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy as _

from academy.core.errors import Refused
from academy.core.texts import pick
from courses.catalogue.enums import CourseStatus
from courses.catalogue.models import Audience, Course, Format, Organisation, Topic
from courses.development.enums import CommentKind, ProposalKind, Section, Verdict
from courses.development.rules import WRITTEN, ProposalContent

LONGEST = 4_000
HINTS: dict[Section, str | Promise] = {
    Section.SUMMARY: _("Two or three sentences for the catalogue."),
    Section.NEED: _("What goes wrong, or will, without this training?"),
    Section.AUDIENCE: _("Who should take part, in words."),
    Section.AIMS: _("What people will be able to do; one line each."),
    Section.ASSESSMENT: _("How one sees that the aims were reached."),
    Section.EVIDENCE: _("Figures, reviews of case law, results of questionnaires."),
}
PUBLISHED = Course.objects.filter(status=CourseStatus.PUBLISHED)
COURSES = PUBLISHED.select_related("current").order_by("code")


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the form: its fields, one for each language."""

    section: Section
    hint: str | Promise
    fields: list[tuple[str, Any]]  # the language by its name, and the field


class ProposalForm(forms.Form):
    """Everything that a proposal says; nothing is required before it is submitted."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    body = forms.ChoiceField(label=_("In the name of"))
    kind = forms.ChoiceField(label=_("What is proposed"), choices=ProposalKind.choices)
    course = forms.ModelChoiceField(
        COURSES,
        to_field_name="code",
        label=_("The course that it changes"),
        required=False,
        help_text=_("Leave empty for a new course. A published course changes by a new version."),
    )
    format = forms.ChoiceField(label=_("Form of teaching"), required=False)
    hours = forms.DecimalField(
        label=_("Academic hours"), required=False, min_value=1, max_digits=6, decimal_places=1
    )
    minutes_per_hour = forms.IntegerField(
        label=_("Minutes in an academic hour"), required=False, min_value=1, max_value=60
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages of teaching"),
        required=False,
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
    )
    topics = forms.MultipleChoiceField(label=_("Topics"), required=False)
    audiences = forms.MultipleChoiceField(label=_("Audiences of the list"), required=False)
    test_required = forms.BooleanField(label=_("A test must be passed"), required=False)

    def __init__(
        self, data: Any = None, *, bodies: Sequence[Organisation], is_new: bool, **more: Any
    ) -> None:
        super().__init__(data, **more)
        choices: dict[str, Iterable[Any]] = {
            "body": bodies,
            "topics": Topic.objects.all(),
            "audiences": Audience.objects.all(),
        }
        for name, rows in choices.items():
            self.fields[name].choices = named(rows)  # type: ignore[attr-defined]
        forms_of_teaching = [("", "–"), *named(Format.objects.all())]
        self.fields["format"].choices = forms_of_teaching  # type: ignore[attr-defined]
        self.fields["course"].label_from_instance = _course  # type: ignore[attr-defined]
        for name in ("topics", "audiences"):
            self.fields[name].widget.attrs["size"] = 6
        if not is_new:
            for name in ("kind", "course", "body"):
                del self.fields[name]
        elif len(bodies) == 1:
            self.fields["body"].widget = forms.HiddenInput()
            self.fields["body"].initial = bodies[0].code
        for section, code, spoken in _written():
            self.fields[f"{section}_{code}"] = _words(section, code, spoken)

    @property
    def first(self) -> list[Any]:
        """What comes before the words."""
        return [self[name] for name in ("body", "kind", "course") if name in self.fields]

    @property
    def parts(self) -> list[Part]:
        """The words, section by section."""
        return [
            Part(
                section,
                HINTS.get(section, ""),
                [(str(name), self[f"{section}_{code}"]) for code, name in settings.LANGUAGES],
            )
            for section in WRITTEN
        ]

    @property
    def last(self) -> list[Any]:
        """Length and form."""
        names = ("format", "hours", "minutes_per_hour", "languages", "topics", "audiences")
        return [self[name] for name in (*names, "test_required")]

    def content(self) -> ProposalContent:
        """What the action takes."""
        data = self.cleaned_data
        words: dict[str, dict[str, str]] = {}
        for section, code, _spoken in _written():
            if text := data[f"{section}_{code}"].strip():
                words.setdefault(section.value, {})[code] = text
        return ProposalContent(
            texts=words,
            format=data["format"],
            hours=data["hours"],
            minutes_per_hour=data["minutes_per_hour"],
            languages=tuple(data["languages"]),
            topics=tuple(data["topics"]),
            audiences=tuple(data["audiences"]),
            test_required=data["test_required"],
        )


def initial_of(content: ProposalContent, revision: int) -> dict[str, Any]:
    """The form as the proposal stands."""
    words = {
        f"{section}_{code}": text
        for section, spoken in content.texts.items()
        for code, text in spoken.items()
    }
    figures = {
        name: getattr(content, name)
        for name in ("format", "hours", "minutes_per_hour", "test_required")
    }
    lists = {name: list(getattr(content, name)) for name in ("languages", "topics", "audiences")}
    return {**words, **figures, **lists, "revision": revision}


class CommentForm(forms.Form):
    """What a body says of a section."""

    body = forms.ChoiceField(label=_("In the name of"))
    section = forms.ChoiceField(label=_("Section"), choices=Section.choices)
    kind = forms.ChoiceField(
        label=_("What you say"),
        widget=forms.RadioSelect,
        choices=[
            (CommentKind.COMMENT.value, _("I have a comment")),
            (CommentKind.ENDORSE.value, _("We endorse this section")),
            (CommentKind.OBJECT.value, _("We object: this must be settled first")),
        ],
        initial=CommentKind.COMMENT.value,
    )
    text = forms.CharField(
        label=_("Your words"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONGEST,
        required=False,
        help_text=_("An endorsement needs none."),
    )

    def __init__(self, data: Any = None, *, bodies: Sequence[Organisation], **more: Any) -> None:
        super().__init__(data, **more)
        in_whose_name(self, bodies)


class AnswerForm(forms.Form):
    """The author's answer to a comment."""

    text = forms.CharField(
        label=_("Your answer"), widget=forms.Textarea(attrs={"rows": 4}), max_length=LONGEST
    )
    settles = forms.BooleanField(
        label=_("This settles the objection"),
        required=False,
        help_text=_("Everybody sees who settled it and how."),
    )


class VerdictForm(forms.Form):
    """How a body ends its step."""

    verdict = forms.ChoiceField(
        label=_("Your decision"),
        widget=forms.RadioSelect,
        choices=[
            (Verdict.ACCEPT.value, _("Accept")),
            (Verdict.RETURN.value, _("Return to the author: it can be mended")),
            (Verdict.DECLINE.value, _("Decline: it ends here")),
        ],
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONGEST,
        required=False,
        help_text=_("It stands in the decision log. Returning and declining need one."),
    )


class SendBackForm(VerdictForm):
    """A submitted proposal that is not reviewed as it is."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        choices = self.fields["verdict"].choices  # type: ignore[attr-defined]
        self.fields["verdict"].choices = choices[1:]  # type: ignore[attr-defined]


class CatalogueForm(forms.Form):
    """Under which code and in whose house an accepted proposal is taught."""

    code = forms.SlugField(label=_("Code of the course"), max_length=40)
    provider = forms.ChoiceField(label=_("Who teaches it"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        own = Organisation.objects.filter(is_own=True).order_by("-is_issuer", "code")
        self.fields["provider"].choices = named(own)  # type: ignore[attr-defined]


class PartnerForm(forms.Form):
    """Who may act in the name of which body."""

    login = forms.CharField(
        label=_("Sign-in name"), max_length=150, help_text=_("Of an account that exists.")
    )
    body = forms.ChoiceField(label=_("Acts in the name of"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        bodies = Organisation.objects.filter(is_issuer=False)
        self.fields["body"].choices = named(bodies)  # type: ignore[attr-defined]


def in_whose_name(form: forms.Form, bodies: Sequence[Organisation]) -> None:
    """Let the reader choose the body only where there is a choice."""
    form.fields["body"].choices = named(bodies)  # type: ignore[attr-defined]
    if len(bodies) == 1:
        form.fields["body"].widget = forms.HiddenInput()
        form.fields["body"].initial = bodies[0].code


def say(form: forms.Form, refusal: Refused) -> None:
    """Put a refusal beside the fields that it is about; what was typed stays."""
    here = {name: said for name, said in refusal.fields.items() if name in form.fields}
    for name, sentences in here.items():
        form.add_error(name, [str(one) for one in sentences])
    if not here:
        form.add_error(None, str(refusal.sentence))


def _written() -> Iterator[tuple[Section, str, str]]:
    for section in WRITTEN:
        for code, spoken in settings.LANGUAGES:
            yield section, code, spoken


def _words(section: Section, code: str, spoken: str) -> forms.CharField:
    if section == Section.TITLE:
        widget: forms.Widget = forms.TextInput(attrs={"lang": code})
        longest = 400
    else:
        widget, longest = forms.Textarea(attrs={"rows": 5, "lang": code}), LONGEST
    label = _("%(section)s (%(language)s)") % {"section": section.label, "language": spoken}
    return forms.CharField(label=label, required=False, widget=widget, max_length=longest)


def named(rows: Iterable[Any]) -> list[tuple[str, str]]:
    """Rows with a code as choices, by their names."""
    return [(row.code, pick(row.names, get_language() or "en").text) for row in rows]


def _course(row: Course) -> str:
    title = row.current.title if row.current else {}
    return f"{row.code} – {pick(title, get_language() or 'en').text}"
