"""What a file is, whatever it is called."""

import pytest

from academy.core import files
from academy.core.errors import Invalid

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
        ("plan.pdf", PDF + bytes(files.LARGEST), "file_size"),
    ],
)
def test_which_files_are_taken(name, content, code):
    if not code:
        assert files.kind_of(name, len(content), content)
        return
    with pytest.raises(Invalid) as refusal:
        files.kind_of(name, len(content), content)
    assert refusal.value.code == code
