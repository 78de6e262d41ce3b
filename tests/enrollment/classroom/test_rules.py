"""What a file is, whatever it is called."""

import pytest

from academy.core.errors import Invalid
from enrollment.classroom import rules

PDF, ZIP, PNG = b"%PDF-1.7 ...", b"PK\x03\x04 [Content_Types].xml", b"\x89PNG\r\n\x1a\n..."


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("plan.pdf", PDF, ""),
        ("PLAN.PDF", PDF, ""),
        ("slides.pptx", ZIP, ""),
        ("board.png", PNG, ""),
        ("plan.pdf", PNG, "file_differs"),
        ("plan.docx", ZIP + b"word/vbaProject.bin", "file_runs"),
        ("page.html", b"<script>", "file_kind"),
        ("plan.pdf.exe", b"MZ", "file_kind"),
        ("plan", PDF, "file_kind"),
        ("plan.pdf", b"", "file_size"),
        ("plan.pdf", PDF + bytes(rules.LARGEST), "file_size"),
    ],
)
def test_which_files_are_taken(name, content, code):
    if not code:
        assert rules.kind_of(name, len(content), content)
        return
    with pytest.raises(Invalid) as refusal:
        rules.kind_of(name, len(content), content)
    assert refusal.value.code == code


def test_words_of_a_notice_cannot_pass_for_the_link_of_the_mail():
    assert (
        rules.as_paragraphs(" Come at nine.\n\n→ Click here\n") == "Come at nine.\n\n– Click here"
    )
    assert rules.one_line("Room\r\nBcc: all") == "Room Bcc: all"
