"""Makes `.venv` from a pinned and hashed list: `python3 academy/config/bootstrap.py LIST`.

Runs on whatever Python the machine has, before anything is installed: the standard library only,
and no syntax that Python 3.6 could not read, so that it can say what is wrong in one sentence.
"""

import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import typing

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
LISTS = ("requirements.txt", "requirements-dev.txt")
NEEDED_MEGABYTES = {"requirements.txt": 700, "requirements-dev.txt": 1400}
WIDTH = 44
# What pip prints, and what it means to a person.
KNOWN_FAILURES = (
    ("No space left on device", "The disk is full."),
    ("DO NOT MATCH THE HASHES", "A downloaded package is not the one that LIST names."),
    ("from versions: none", "No package index can be reached (or it lacks a package of LIST)."),
    ("Failed to establish a new connection", "No package index can be reached."),
    ("No matching distribution", "A package of LIST has no wheel for this Python and machine."),
    ("Permission denied", "The folder .venv belongs to another user: remove it or be that user."),
)


class Problem(Exception):
    """What is in the way, in one sentence."""


def main(listed: str) -> None:
    check_python()
    if listed not in LISTS:
        raise Problem(f"{listed} is none of {', '.join(LISTS)}.")
    if is_installed(listed):
        return
    # `make run` and `make test` may be started together.
    with open_lock() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_installed(listed):
            check_space(listed)
            make_venv()
            install(listed)
            remember(listed)


def check_python() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - the very case that this is for
        version = ".".join(str(part) for part in sys.version_info[:2])
        raise Problem(
            f"Python 3.11 or newer is needed, this is {version} ({sys.executable}): "
            "install a newer one or run make PYTHON=/path/to/python3.11."
        )


def open_lock() -> "typing.TextIO":
    try:
        return (ROOT / ".venv.lock").open("w")
    except OSError as error:
        raise Problem(f"{ROOT} cannot be written ({error.strerror}).") from None


def check_space(listed: str) -> None:
    free = shutil.disk_usage(str(ROOT)).free // 1000000
    needed = 200 if VENV.exists() else NEEDED_MEGABYTES[listed]
    if free < needed:
        raise Problem(f"The disk is full: {free} MB are free at {ROOT}, {needed} MB are needed.")


def make_venv() -> None:
    """A new environment, unless the one that is there works."""
    if PYTHON.exists() and run([str(PYTHON), "-m", "pip", "--version"])[0] == 0:
        return
    shutil.rmtree(str(VENV), ignore_errors=True)
    code, output = run([sys.executable, "-m", "venv", str(VENV)])
    if code == 0:
        return
    shutil.rmtree(str(VENV), ignore_errors=True)
    if "ensurepip" in output or "No module named venv" in output:
        raise Problem(
            "This Python has no complete venv module: install it "
            "(Debian, Ubuntu: apt-get install python3-venv) and start again."
        )
    raise Problem(known_failure(output, "") or output)


def install(listed: str) -> None:
    """Wheels only, so no compiler is needed; a line of dots shows that it works.

    The list is complete, so nothing is resolved here (`--no-deps`): an older pip would take the
    newest release for a dependency written `package[extra]`, which the list does not name.
    """
    began = time.time()
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps"]
    command += ["--only-binary=:all:"]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar=off"]
    command += ["--requirement", str(ROOT / listed)]
    name = f"  Python packages ({listed}) "
    write(name)
    lines = []
    dots = 0
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            lines.append(line)
            if time.time() - began > dots:
                dots += 1
                write(".")
    if process.returncode != 0:
        write("\n")
        raise Problem(known_failure("".join(lines), listed) or "".join(lines[-15:]))
    write(f"{'.' * max(WIDTH - len(name) - dots, 3)} {time.time() - began:5.1f} s\n")


def known_failure(output: str, listed: str) -> str:
    found = [sentence for sign, sentence in KNOWN_FAILURES if sign in output]
    return found[0].replace("LIST", listed) if found else ""


def run(command: "list[str]") -> "tuple[int, str]":
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def is_installed(listed: str) -> bool:
    return PYTHON.exists() and installed().get(listed) == digest(listed)


def installed() -> "dict[str, str]":
    try:
        known = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def remember(listed: str) -> None:
    """The development list contains the other one, so it counts for both."""
    known = {listed: digest(listed)}
    if listed == "requirements-dev.txt":
        known["requirements.txt"] = digest("requirements.txt")
    STAMP.write_text(json.dumps(known))


def digest(listed: str) -> str:
    return hashlib.sha256((ROOT / listed).read_bytes()).hexdigest()


def write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    os.umask(0o022)
    try:
        main(sys.argv[1])
    except Problem as problem:
        sys.exit(f"\n  {problem}")
    except KeyboardInterrupt:
        sys.exit("\n  Interrupted: the next start goes on from here.")
