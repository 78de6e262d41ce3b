"""The one mailbox of the sender, as a maildir: what arrives there goes to whoever knows what it is.

Whatever brings mails there (a mail server, fetchmail, a pipe) is not our business. Each is offered
to the readers in turn; the first that recognises it takes it, and it is moved to those that were
read. What none recognises was written by a person and stays unread, for people. So every mail is
looked at once, and a crash in between loses nothing: what is read twice counts once.
"""

from collections.abc import Sequence
from pathlib import Path

import structlog

from academy.messages import registry

LARGEST = 2_000_000  # bytes of a mail that are looked at: what we understand is smaller
SEEN, UNSEEN = ":2,S", ":2,"  # the end of a maildir's file names

log = structlog.get_logger(__name__)


def take(raw: bytes) -> Sequence[str]:
    """Hand one mail to its reader; a word on each thing that it brought, none if it is no reader's.

    A mail on which a reader breaks is nobody's: it must not stand in the way of the others.
    """
    for name, reader in registry.readers().items():
        try:
            words = reader(raw[:LARGEST])
        except Exception:
            log.exception("messages.mail_unreadable", reader=name)
            continue
        if words:
            log.info("messages.mail_read", reader=name, outcomes=list(words))
            return words
    return ()


def read_maildir(folder: Path) -> list[str]:
    """Read every new mail of a maildir; a word on each thing that they brought."""
    words: list[str] = []
    (folder / "cur").mkdir(exist_ok=True)
    for path in sorted((folder / "new").glob("*")):
        try:
            with path.open("rb") as file:
                taken = take(file.read(LARGEST))
            path.replace(folder / "cur" / f"{path.name}{SEEN if taken else UNSEEN}")
        except FileNotFoundError:  # somebody else has moved it: another reader, a mail program
            continue
        words += taken
    return words
