"""The judges' own environment: programs of others, pinned and hashed, which nothing here imports.

Made once below `var/` and anew when the list changes. The service's own environment stays without
them: they would be loaded by every run of the tests, and some want other releases than we do.
"""

import fcntl
import hashlib
import subprocess
import sys

import pytest

from academy.config.state import ROOT

LIST = ROOT / "requirements-judges.txt"
HOME = ROOT / "var/judges"
STAMP = HOME / "installed"


def program(name: str) -> str:
    """The path of one of the judges; the proof is skipped where they cannot be had."""
    HOME.parent.mkdir(exist_ok=True)
    with (HOME.parent / "judges.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_current():
            _make()
    return str(HOME / "bin" / name)


def _is_current() -> bool:
    return STAMP.exists() and STAMP.read_text() == _digest()


def _digest() -> str:
    return hashlib.sha256(LIST.read_bytes()).hexdigest()


def _make() -> None:
    pip = [str(HOME / "bin/python"), "-m", "pip", "install", "--require-hashes", "--no-deps"]
    pip += ["--only-binary=:all:", "--no-input", "--quiet", "--requirement", str(LIST)]
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(HOME)], check=True)
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"The judges cannot be installed here: {done.stderr.strip()[-300:]}")
    STAMP.write_text(_digest())
