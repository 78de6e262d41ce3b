"""Forms of files that come in: which list, which alphabet, which column."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from academy.jobs import uploads
from academy.jobs.models import Upload
from academy.jobs.registry import importers
from academy.jobs.tables import MAX_BYTES

ALPHABETS: Mapping[str, str | Promise] = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1251": gettext_lazy("Windows, Russian (1251)"),
    "kz1048": gettext_lazy("Windows, Kazakh (STRK 1048)"),
    "cp866": gettext_lazy("DOS (866)"),
}
OFFERED = ("utf-8", "cp1251", "kz1048", "cp866", "utf-16")
SEPARATORS: Mapping[str, str | Promise] = {
    ";": gettext_lazy("semicolons"),
    ",": gettext_lazy("commas"),
    "\t": gettext_lazy("tabs"),
}
OUTCOMES: Mapping[str, str | Promise] = {
    "new": gettext_lazy("New"),
    "changed": gettext_lazy("Changed"),
    "unchanged": gettext_lazy("As before"),
    "error": gettext_lazy("To mend"),
}


FIRST_KINDS = ("people", "courts", "courses", "runs", "marks", "credits")


def _place(kind: str) -> int:
    """The lists that come in most often stand first; others behind them."""
    return FIRST_KINDS.index(kind) if kind in FIRST_KINDS else len(FIRST_KINDS)


class UploadForm(forms.Form):
    """What is in the file, and the file."""

    kind = forms.ChoiceField(label=gettext_lazy("What is in the file"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV or Excel (.xlsx), with the names of the columns in the first line."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xls"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = importers()
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind, offered[kind].title) for kind in sorted(offered, key=_place)
        ]

    def clean_file(self) -> Any:
        """What is far too big is not even read."""
        sent = self.cleaned_data["file"]
        if sent.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 50 MB; send it in parts."))
        return sent


class ReadingForm(forms.Form):
    """In which alphabet a text file is written, and what separates its cells."""

    encoding = forms.ChoiceField(label=gettext_lazy("Alphabet"))
    delimiter = forms.ChoiceField(label=gettext_lazy("Cells are separated by"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = self.initial.get("encoding", "")
        offered = [*OFFERED, *([present] if present and present not in OFFERED else [])]
        sent = self.data.get("encoding", "") if self.is_bound else ""
        if sent in ALPHABETS and sent not in offered:
            offered.append(sent)
        self.fields["encoding"].choices = [(one, ALPHABETS[one]) for one in offered]  # type: ignore[attr-defined]
        self.fields["delimiter"].choices = [*SEPARATORS.items()]  # type: ignore[attr-defined]


class MatchingForm(forms.Form):
    """For each column of the file: which of the import it is, or none."""

    def __init__(
        self,
        *args: Any,
        columns: Sequence[str],
        initial_matching: Mapping[str, str],
        of: Upload,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        listed = uploads.importer_for(of).fields()
        must, may = _named(listed, True), _named(listed, False)
        choices = [("", _("Leave out")), (_("Needed"), must), (_("If there"), may)]
        for number, column in enumerate(columns):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=column or _("Column %(number)s") % {"number": number + 1},
                choices=choices,
                required=False,
                initial=initial_matching.get(column, ""),
            )

    @property
    def matching(self) -> dict[str, str]:
        """The code for each column of the file."""
        return {
            column: self.cleaned_data[f"column_{number}"]
            for number, column in enumerate(self.columns)
        }


def _named(listed: Sequence[Any], is_required: bool) -> list[tuple[str, str]]:
    return [(field.code, field.name) for field in listed if field.is_required == is_required]
