"""What the repository holds, for tests that read it: always what exists, never a list to keep."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("academy", "courses", "enrollment")


# Where there is no git (an unpacked archive), these hold what git would not take.
OUTSIDE = {"var", "node_modules", "__pycache__", ".git", ".venv", ".mypy_cache", ".ruff_cache"}


@cache
def git_files() -> tuple[Path, ...]:
    """Every file that git holds or would take; none where git cannot be asked."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ()
    paths = {ROOT / name for name in listed.stdout.split("\0") if name}
    # A file may be gone from the folder while git still holds it.
    return tuple(sorted(path for path in paths if path.is_file()))


@cache
def repository_files() -> tuple[Path, ...]:
    """Every file of the project: no environment, no state, no caches."""
    return git_files() or tuple(
        path
        for path in sorted(ROOT.rglob("*"))
        if path.is_file()
        and not OUTSIDE & set(path.relative_to(ROOT).parts)
        and path.suffix not in {".mo", ".pyc"}
    )


def python_files(*packages: str) -> list[Path]:
    """The Python files of the packages, without migrations, which Django writes."""
    tops = packages or PACKAGES
    return [
        path
        for path in repository_files()
        if path.suffix == ".py" and top_of(path) in tops and "migrations" not in path.parts
    ]


def template_files() -> list[Path]:
    return [
        path
        for path in repository_files()
        if top_of(path) in PACKAGES and "templates" in path.parts
    ]


def top_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def text_of(path: Path) -> str:
    return path.read_text("utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path), filename=name_of(path))


@cache
def imported_names(tree: ast.AST) -> frozenset[str]:
    """Everything imported, wherever it stands: `from a import b` gives both `a` and `a.b`."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(names)
