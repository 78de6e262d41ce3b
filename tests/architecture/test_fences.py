import contextlib
import io
from fnmatch import fnmatch

import pytest
from importlinter.api import read_configuration
from importlinter.application.use_cases import lint_imports

from tests.architecture.sources import (
    PACKAGES,
    ROOT,
    imported_names,
    name_of,
    python_files,
    tree_of,
)

pytestmark = pytest.mark.xdist_group("sources")  # one worker reads and parses it all

# Packages that are no rooms: kits, fronts and Django's own folders. Their insides have no layers.
NOT_ROOMS = {"config", "management", "migrations", "pages", "api", "web", "rest", "core"}

# Django by halves: a rule may translate its sentence, it may not see a row or a request.
IMPURE = ("django.db", "django.http", "django.contrib", "django.core", "django.shortcuts")


def contracts(kind):
    return [
        contract
        for contract in read_configuration()["contracts_options"]
        if contract["type"] == kind
    ]


@pytest.fixture
def in_root(monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(str(ROOT))


@pytest.mark.usefixtures("in_root")
def test_every_import_contract_is_kept(capsys):
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        kept = lint_imports(cache_dir=None, no_logo=True)

    assert kept, said.getvalue() + capsys.readouterr().out


@pytest.mark.usefixtures("in_root")
def test_every_room_is_fenced():
    fenced = {room for contract in contracts("layers") for room in contract.get("containers", [])}
    rooms = {
        f"{package}.{folder.name}"
        for package in PACKAGES
        for folder in (ROOT / package).iterdir()
        if (folder / "__init__.py").exists() and folder.name not in NOT_ROOMS
    }

    assert rooms - fenced == set(), "list the room in [tool.importlinter], contract inside-a-room"


@pytest.mark.usefixtures("in_root")
def test_inside_a_room_every_module_has_a_layer():
    for contract in contracts("layers"):
        if contract.get("containers"):
            assert str(contract.get("exhaustive")) == "True", contract["id"]


def test_rules_see_no_row_and_no_request():
    broken = [
        f"{name_of(path)} imports {name}"
        for path in python_files()
        if path.name == "rules.py" or path.parent.name == "rules"
        for name in sorted(imported_names(tree_of(path)))
        if name.startswith(IMPURE)
    ]

    assert broken == []


def test_only_config_and_tasks_know_the_queue():
    allowed = ("academy/config/*", "*/tasks.py", "*/tasks/*")

    broken = [
        name_of(path)
        for path in python_files(*PACKAGES, "seeds")
        if any(name.split(".")[0] in {"celery", "kombu"} for name in imported_names(tree_of(path)))
        and not any(fnmatch(name_of(path), pattern) for pattern in allowed)
    ]

    assert broken == []
