"""The folder `var/`: who runs here, the demo's secrets, and what has been prepared already."""

import base64
import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from academy.config.engines.process import EngineError

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("VAR", ROOT / "var")).absolute()
MEGABYTE = 1_000_000
NEEDED_SPACE = 300 * MEGABYTE
WATCHED = ("academy", "courses", "enrollment", "seeds", "requirements.txt")
MADE_BY_US = {".mo", ".new", ".pyc"}


@contextlib.contextmanager
def sole_copy(folder: Path, url: str) -> Iterator[None]:
    """Hold the folder for this process; the lock ends with it, however it ends."""
    _make(folder)
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise EngineError(
                f"A copy is already running here ({lock.read().strip() or 'starting'}): "
                "use that one, or stop it with Ctrl-C in its terminal first."
            ) from None
        lock.truncate(0)
        lock.write(f"{url}, process {os.getpid()}")
        lock.flush()
        yield


def is_running(folder: Path) -> bool:
    """Whether a supervisor holds this folder."""
    note = folder / "lock"
    try:
        with note.open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def check_port(port: int, patience: float = 2) -> None:
    """Wait a moment for a copy that was killed and is still ending."""
    give_up = time.monotonic() + patience
    while error := busy(port):
        if time.monotonic() > give_up:
            raise EngineError(
                f"Port {port} cannot be used ({error}): choose another one, "
                "for example make run PORT=8001."
            )
        time.sleep(0.1)


def busy(port: int) -> str:
    """Why nobody can listen there; empty if one can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return str(error.strerror)
    return ""


def check_space(folder: Path) -> None:
    _make(folder)
    free = shutil.disk_usage(folder).free
    if free < NEEDED_SPACE:
        raise EngineError(
            f"The disk is full: {free // MEGABYTE} MB are free at {folder}, "
            f"{NEEDED_SPACE // MEGABYTE} MB are needed."
        )


def demo_environment(folder: Path, *, port: int, demo: bool) -> dict[str, str]:
    """What the settings need on a developer's machine; a value that is set already wins.

    The demo's accounts have a public password: they exist with our own engines only.
    """
    defaults = demo_secrets(folder / "secrets.env") | {
        "DEMO": "1" if demo else "",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "EMAIL_URL": f"filemail:///{folder / 'mail'}",
        "STATIC_ROOT": str(folder / "static"),
        "STATIC_COMPRESSED": "0",  # it takes a minute and saves nothing on the loopback address
        "MEDIA_ROOT": str(folder / "files"),
        "EXPORTS_ROOT": str(folder / "exports"),
        "DJANGO_SETTINGS_MODULE": "academy.config.settings",
    }
    return {name: os.environ.get(name) or value for name, value in defaults.items()}


def demo_secrets(path: Path) -> dict[str, str]:
    """Random once, then the same at each start, or sessions and numbers could not be read again."""
    known = read_environment(path)
    fresh = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "IIN_ENCRYPTION_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "IIN_HASH_KEY": secrets.token_urlsafe(32),
    }
    if not fresh.keys() <= known.keys():
        known = fresh | known
        write_environment(path, known)
    return known


def read_environment(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    pairs = (line.partition("=") for line in path.read_text().splitlines() if "=" in line)
    return {name: value for name, _, value in pairs}


def write_environment(path: Path, values: dict[str, str]) -> None:
    """Readable by this user only, from the first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={value}\n" for name, value in values.items()))


def fingerprint(*extra: str) -> str:
    """Changes with any file that preparing a start depends on: code, seeds, texts, packages."""
    digest = hashlib.sha256("\0".join(extra).encode())
    for name in WATCHED:
        for path in [ROOT / name, *sorted((ROOT / name).rglob("*"))]:
            if path.is_file() and path.suffix not in MADE_BY_US:
                stat = path.stat()
                digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def is_prepared(folder: Path, mark: str) -> bool:
    note = folder / "prepared.json"
    return note.exists() and json.loads(note.read_text() or "{}").get("mark") == mark


def set_prepared(folder: Path, mark: str) -> None:
    (folder / "prepared.json").write_text(json.dumps({"mark": mark}))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EngineError(f"{folder} cannot be made ({error.strerror}).") from None
    if not os.access(folder, os.W_OK):
        raise EngineError(f"{folder} belongs to another user: remove it or be that user.")
