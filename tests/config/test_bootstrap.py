"""The set-up before anything is installed: what it says on a machine that lacks something."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from academy.config import bootstrap
from academy.config.bootstrap import Problem

ROOT = Path(bootstrap.__file__).resolve().parents[2]


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout without a virtual environment."""
    for listed in bootstrap.LISTS:
        (tmp_path / listed).write_text("")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv/bin/python")
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / ".venv/installed.json")
    return tmp_path


def test_old_python_can_read_it() -> None:
    source = Path(bootstrap.__file__).read_text()

    assert ast.parse(source, feature_version=(3, 6)).body


def test_old_python_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))

    with pytest.raises(Problem, match=r"^Python 3\.11 or newer is needed, this is 3\.9 "):
        bootstrap.main("requirements.txt")


def test_missing_venv_module_is_named(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = (1, "The virtual environment was not created because ensurepip is not available.")
    monkeypatch.setattr(bootstrap, "run", lambda _command: answer)

    with pytest.raises(Problem, match=r"apt-get install python3-venv"):
        bootstrap.main("requirements.txt")
    assert not (bare / ".venv").exists()


def test_full_disk_is_named(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(bare)._replace(free=3_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)

    with pytest.raises(Problem, match=r"^The disk is full: 3 MB are free at .*, 700 MB are needed"):
        bootstrap.main("requirements.txt")


def test_package_that_is_not_the_pinned_one_is_named() -> None:
    output = "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."

    assert bootstrap.known_failure(output, "requirements.txt") == (
        "A downloaded package is not the one that requirements.txt names."
    )


def test_development_list_counts_for_both(bare: Path) -> None:
    bootstrap.PYTHON.parent.mkdir(parents=True)
    bootstrap.PYTHON.touch()
    assert not bootstrap.is_installed("requirements.txt")

    bootstrap.remember("requirements-dev.txt")
    assert bootstrap.is_installed("requirements.txt")

    (bare / "requirements.txt").write_text("# a new pin")
    assert not bootstrap.is_installed("requirements.txt")


def test_lists_name_no_index_and_no_machine() -> None:
    for listed in bootstrap.LISTS:
        text = (ROOT / listed).read_text()
        assert "://" not in text
        assert "--index" not in text
        assert "--find-links" not in text


def test_development_list_pins_the_same_versions() -> None:
    run, develop = (pins(ROOT / listed) for listed in bootstrap.LISTS)

    assert run <= develop


def pins(path: Path) -> set[str]:
    return {line.split(" \\")[0] for line in path.read_text().splitlines() if "==" in line}


def test_make_says_what_it_can_do() -> None:
    shown = subprocess.run(
        [shutil.which("make") or "make", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert {"run", "test", "check", "bench", "proof", "lock", "clean"} <= set(shown.split())
