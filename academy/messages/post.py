"""Handing mails to a server: one session for many, and what its answers mean.

A mail is handed over in one round trip less than `smtplib.sendmail` needs for each command: where
the server allows it (PIPELINING, RFC 2920), sender, recipient and DATA travel together.
"""

import base64
import email
import re
import smtplib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.header import Header
from email.message import EmailMessage as StandardMessage
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.utils import translation

from academy.messages.calendar import beside_the_words, enclosed
from academy.messages.letters import Letter, Refusal, Unreachable

OK, GO_AHEAD, CLOSING = 250, 354, 421
TEMPORARY = range(400, 500)
ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}")


class SmtpRefusal(Refusal):
    """The server's "no" to this one mail: `smtp_550`."""

    def __init__(self, step: str, code: int, text: bytes = b"") -> None:
        found = ENHANCED.match(text)
        super().__init__(
            f"smtp_{code}",
            is_temporary=code in TEMPORARY,
            status=found[0].decode() if found else "",  # where the server says it
        )
        self.add_note(step)
        self.code = code


class Post(Protocol):
    """Takes mails. Raises `Refusal` or `Unreachable`; to return means "the server has it"."""

    def send(self, letter: Letter) -> None: ...

    def close(self) -> None: ...


def as_bytes(letter: Letter) -> bytes:
    """The mail as it travels. Written by hand: the standard library takes ten times as long."""
    boundary = f"part-{letter.id.hex}"
    head = "\r\n".join(
        [
            f"From: {_sender(letter.words.language)}",
            f"To: {letter.to}",
            f"Subject: {_encoded(letter.words.title)}",
            f"Date: {format_datetime(letter.at)}",
            f"Message-ID: {message_id(letter.id)}",
            f"Content-Language: {letter.words.language}",
            "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: OOF, AutoReply",
            *_unsubscribing(letter.stop),
            "MIME-Version: 1.0",
        ]
    )
    parts = [_part("plain", letter.words.text), _part("html", letter.words.html)]
    parts += beside_the_words(letter.calendar)
    pieces = "".join(f"\r\n--{boundary}\r\n{part}" for part in parts)
    kind = f'Content-Type: multipart/alternative; boundary="{boundary}"'
    body = f"{kind}\r\n{pieces}\r\n--{boundary}--\r\n"
    body = enclosed(body, letter.calendar, boundary=f"all-{letter.id.hex}")
    return f"{head}\r\n{body}".encode("ascii")


def message_id(public_id: uuid.UUID) -> str:
    """The same for every try: a mail client that gets a mail twice can tell."""
    return f"<{public_id}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}>"


def _unsubscribing(stop: str) -> list[str]:
    """RFC 2369 and 8058: the button of mail clients, which sends a POST and needs no cookie."""
    if not stop:
        return []
    return [f"List-Unsubscribe: <{stop}>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]


def _part(subtype: str, text: str) -> str:
    encoded = base64.encodebytes(text.replace("\n", "\r\n").encode()).decode("ascii")
    return (
        f"Content-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n" + encoded.replace("\n", "\r\n")
    )


@lru_cache(maxsize=1024)
def _encoded(title: str) -> str:
    return Header(title, "utf-8", header_name="Subject").encode(linesep="\r\n")


def _sender(language: str) -> str:
    with translation.override(language):
        name = str(settings.SERVICE_NAME)
    return f"{_encoded(name)} <{settings.DEFAULT_FROM_EMAIL}>"


class _Raw(EmailMessage):
    """Our bytes, for Django's backends that write to files, the console or a list."""

    def __init__(self, letter: Letter) -> None:
        super().__init__(letter.words.title, letter.words.text, to=[letter.to])
        self.letter = letter

    def message(self, *_: Any, **__: Any) -> Any:
        return email.message_from_bytes(
            as_bytes(self.letter), _class=StandardMessage, policy=policy.SMTP
        )


class BackendPost:
    """Hands mails to any other of Django's mail backends (`EMAIL_URL`)."""

    def __init__(self, backend: Any) -> None:
        self.backend = backend

    def send(self, letter: Letter) -> None:
        try:
            self.backend.send_messages([_Raw(letter)])
        except OSError as error:
            raise Unreachable(type(error).__name__) from error

    def close(self) -> None:
        self.backend.close()


class SmtpPost:
    """One SMTP session, opened when the first mail is there and kept."""

    def __init__(self, backend: EmailBackend) -> None:
        self.backend = backend
        self.server: smtplib.SMTP | None = None

    def send(self, letter: Letter) -> None:
        server = self._session()
        try:
            _hand_over(server, letter)
        except SmtpRefusal as refusal:
            if refusal.code == CLOSING:
                self._drop()
                raise Unreachable(str(refusal)) from refusal
            raise
        except (smtplib.SMTPException, OSError) as error:
            # Broken off before the answer: the server may have it. The retry is the same mail with
            # the same Message-ID; whether to tell twice or never, SMTP leaves no third choice.
            self._drop()
            raise Unreachable(type(error).__name__) from error

    def _session(self) -> smtplib.SMTP:
        if self.server is None:
            try:
                self.backend.open()
                if self.backend.connection is not None:
                    self.backend.connection.ehlo_or_helo_if_needed()
            except (smtplib.SMTPException, OSError) as error:
                self._drop()
                raise Unreachable(type(error).__name__) from error
            self.server = self.backend.connection
        if self.server is None:
            raise Unreachable("no connection")
        return self.server

    def close(self) -> None:
        if self.server is not None:
            self.server = None
            self.backend.close()

    def _drop(self) -> None:
        self.server = None
        if self.backend.connection is not None:
            self.backend.connection.close()
            self.backend.connection = None


Reply = tuple[str, int, bytes]
"""Which step, the server's code, its text."""


def _hand_over(server: smtplib.SMTP, letter: Letter) -> None:
    answers = _envelope(server, settings.DEFAULT_FROM_EMAIL, letter.to)
    refused = next((one for one in answers if one[1] not in (OK, 251, GO_AHEAD)), None)
    if refused:
        if answers[-1][1] == GO_AHEAD:  # the server waits for a mail that has no recipient
            server.send(b".\r\n")
            server.getreply()
        server.rset()
        _raise(*refused)
    body = as_bytes(letter)  # base64 and headers: no line can begin with a dot
    server.send(body + b".\r\n")
    code, text = server.getreply()
    if code != OK:
        _raise("data", code, text)


def _envelope(server: smtplib.SMTP, sender: str, to: str) -> list[Reply]:
    commands = [("mail", f"MAIL FROM:<{sender}>"), ("rcpt", f"RCPT TO:<{to}>"), ("data", "DATA")]
    if server.has_extn("pipelining"):
        server.send("".join(f"{line}\r\n" for _step, line in commands).encode("ascii"))
        return [(step, *server.getreply()) for step, _line in commands]
    answers: list[Reply] = []
    for step, line in commands:
        server.putcmd(line)
        answers.append((step, *server.getreply()))
        if answers[-1][1] not in (OK, 251, GO_AHEAD):
            break
    return answers


def _raise(step: str, code: int, text: bytes) -> None:
    if step == "mail" and code not in TEMPORARY:
        # Nobody may send as us: a fault of the set-up. Were it the mail's, all would be given up.
        raise Unreachable(f"sender refused {code}")
    raise SmtpRefusal(step, code, text)


@contextmanager
def open_post() -> Iterator[Post]:
    """The way out that `EMAIL_URL` names, for as long as a worker has mails."""
    backend = get_connection()
    post: Post = SmtpPost(backend) if isinstance(backend, EmailBackend) else BackendPost(backend)
    try:
        yield post
    finally:
        post.close()
