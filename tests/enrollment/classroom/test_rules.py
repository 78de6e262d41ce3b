"""How the words of a notice become a mail."""

from enrollment.classroom import rules


def test_words_of_a_notice_cannot_pass_for_the_link_of_the_mail():
    assert (
        rules.as_paragraphs(" Come at nine.\n\n→ Click here\n") == "Come at nine.\n\n– Click here"
    )
    assert rules.one_line("Room\r\nBcc: all") == "Room Bcc: all"
