"""What must never be committed. The patterns are put together so that this file is clean too."""

import re

from tests.architecture.sources import git_files, name_of, repository_files

# Homes and work folders of one machine. (/tmp and /var belong to every machine.)
FOLDERS = ("ho" + "me/[a-z]", "ro" + "ot/", "wo" + "rk/", "Us" + "ers/", "mn" + "t/")
MACHINE_PATH = re.compile(rf"""(?:^|[\s"'`=(:,])/(?:{"|".join(FOLDERS)})""", re.MULTILINE)

# Package addresses: a lock file that names its mirror works on one network only.
HOSTS = (
    "pypi" + r"\.org",
    "pythonhosted" + r"\.org",
    "registry" + r"\.npmjs\.",
    "art" + "ifactory",
)
REGISTRY = re.compile("|".join((*HOSTS, "--(?:extra-)?" + "index-url")))

PRIVATE_KEY = re.compile("-----BEGIN [A-Z ]*" + "PRIVATE KEY")

# Container images have a home of their own, which is the same on every machine.
IN_THE_IMAGE = {"Dockerfile", "docker-compose.yml", ".dockerignore"}


def lines_with(pattern, *, but=frozenset()):
    for path in repository_files():
        if name_of(path) in but:
            continue
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # pictures, fonts, spreadsheets
        for match in pattern.finditer(text):
            yield f"{name_of(path)}:{text.count(chr(10), 0, match.end()) + 1}"


def test_no_path_of_one_machine():
    assert list(lines_with(MACHINE_PATH, but=IN_THE_IMAGE)) == []


def test_no_package_registry():
    assert list(lines_with(REGISTRY)) == []


def test_no_private_key():
    assert list(lines_with(PRIVATE_KEY)) == []


def test_no_state_and_nothing_compiled():
    kept = [
        name_of(path)
        for path in git_files()
        if path.suffix in {".mo", ".pyc", ".sqlite3", ".log"} or name_of(path).startswith("var/")
    ]

    assert kept == []
