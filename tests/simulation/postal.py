"""A mail server that has bad days, keeps a diary of them, and a worker that is killed under it."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.parser import BytesHeaderParser
from pathlib import Path
from random import Random

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection

from academy.core import clock
from tests.post_office import PostOffice

ROOT = Path(__file__).resolve().parents[2]
HEADERS = BytesHeaderParser()
OK = "250 OK"
BEFORE, AFTER = "before the mail is taken", "taken, and not yet recorded"
REFUSALS = {
    "451 4.3.0 Try again later": 0.6,
    "554 5.7.1 Not by our rules": 0.2,
    "550 5.1.1 No such mailbox": 0.2,
}


@dataclass
class Death:
    """The worker that is to die, at which mail and at which moment of it."""

    pid: int
    step: str
    mails: int

    def strikes(self, step: str) -> bool:
        """Kill it now, if this is the moment; it is blocked in reading our answer."""
        if step != self.step:
            return False
        self.mails -= 1
        if self.mails == 0:
            os.kill(self.pid, signal.SIGKILL)
        return self.mails == 0


@dataclass
class Delivered:
    """One mail that the server has taken."""

    message: str
    address: str
    at: datetime
    files: tuple[bytes, ...]  # for the calendar


@dataclass
class BadDays(PostOffice):
    """Refuses a share of the mails, for the time being or for good, drawn by the dice."""

    dice: Random
    share: float
    death: Death | None = None
    taken: list[Delivered] = field(default_factory=list)
    refused: list[tuple[datetime, str, str]] = field(default_factory=list)
    deaths: list[datetime] = field(default_factory=list)
    window: set[str] = field(default_factory=set)  # taken from a worker that died on the answer

    def __post_init__(self) -> None:
        super().__init__()

    def _strikes(self, step: str) -> bool:
        """Whether the worker has died at this mail."""
        if not self.death or not self.death.strikes(step):
            return False
        self.deaths.append(clock.now())
        return True

    def _answer(self, address: str) -> str:
        if self.dice.random() >= self.share:
            return OK
        answer: str = self.dice.choices(list(REFUSALS), list(REFUSALS.values()))[0]
        self.refused.append((clock.now(), address, answer))
        return answer

    async def handle_RCPT(  # noqa: N802 - named by aiosmtpd
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._strikes(BEFORE):
            return "451 4.3.0 Nobody listens"
        answer = self._answer(address)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _s: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        name = str(HEADERS.parsebytes(raw)["Message-ID"]).strip("<>").partition("@")[0]
        files = files_in(raw) if b"text/calendar" in raw else ()
        self.taken.append(Delivered(name, envelope.rcpt_tos[0], clock.now(), files))
        if self._strikes(AFTER):
            self.window.add(name)
        return OK


def files_in(raw: bytes) -> tuple[bytes, ...]:
    """The calendar files of a mail."""
    parts = message_from_bytes(raw).walk()
    return tuple(
        bytes(part.get_payload(decode=True))
        for part in parts
        if part.get_content_type() == "text/calendar"
    )


class Nursery:
    """A process in which workers are born, to be killed."""

    def __init__(self, port: int) -> None:
        database = os.environ["DATABASE_URL"].rpartition("/")[0]
        self.process: subprocess.Popen[str] = subprocess.Popen(
            [sys.executable, "-m", "tests.simulation.worker"],
            env=os.environ
            | {
                "DATABASE_URL": f"{database}/{connection.settings_dict['NAME']}",
                "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            },
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def deliver(self, office: BadDays, *, step: str, mails: int) -> bool:
        """One worker; whether it was killed at that mail, or had fewer to send."""
        pid = int(self._ask(clock.now().isoformat()))
        office.death = Death(pid, step, mails)
        status = int(self._ask("go"))
        office.death = None
        return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL

    def _ask(self, line: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        answer: str = self.process.stdout.readline()
        return answer

    def close(self) -> None:
        """The end of its input is the end of the process."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()
