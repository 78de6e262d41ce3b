"""What a container runs: `python -m academy.config.container web|worker|beat|migrate|manage`.

Containers bring no engines and no demo: addresses and secrets come from the environment, and one
that is missing stops the start with its name.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from academy.config import children
from academy.config.state import ROOT

PORT = int(os.environ.get("PORT") or "8000")
SCHEDULE = Path("/tmp/beat-schedule")  # noqa: S108 - the container's own, and nobody else is in it
# Beat writes its schedule every three minutes; three misses are too many.
SCHEDULE_SECONDS = 600
NEEDED = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "IIN_ENCRYPTION_KEY", "IIN_HASH_KEY")
MANAGE = [sys.executable, str(ROOT / "manage.py")]
COMMANDS = {
    "web": [children.web("0.0.0.0", PORT)],  # noqa: S104 - the container's own network
    "worker": [children.worker()],
    "beat": [children.beat(SCHEDULE)],
    "migrate": [[*MANAGE, "migrate", "--no-input"], [*MANAGE, "grant_app_role"]],
}


def main(arguments: list[str]) -> int:
    what, *rest = arguments or ["web"]
    refusal = refused(what)
    if refusal:
        sys.stderr.write(f"{refusal}\n")
        return 78
    if what == "healthy":
        return 0 if is_healthy(rest[0] if rest else "web") else 1
    commands = [[*MANAGE, *rest]] if what == "manage" else COMMANDS[what]
    for command in commands[:-1]:
        subprocess.run(command, check=True)
    program = commands[-1]
    return os.execv(program[0], program)  # noqa: S606 - it takes our place, and our signals


def refused(what: str) -> str:
    """Why this may not start, in one sentence; empty if it may."""
    if what not in {*COMMANDS, "manage", "healthy"}:
        return f"Unknown: {what}. Say one of: {', '.join(COMMANDS)}, manage, healthy."
    missing = [name for name in NEEDED if not given(name)]
    if missing:
        return f"A container does not start without {', '.join(missing)} in its environment."
    if os.environ.get("DEMO"):
        return "DEMO is for `make run` on one's own machine: its passwords are public."
    return ""


def given(name: str) -> bool:
    """Set by itself, or by a file that holds it."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def is_healthy(what: str) -> bool:
    if what == "web":
        return children.answers(PORT, "/healthz")
    if what == "beat":
        return SCHEDULE.exists() and time.time() - SCHEDULE.stat().st_mtime < SCHEDULE_SECONDS
    ping = [sys.executable, "-m", "celery", "-A", "academy.config", "inspect", "ping"]
    here = f"celery@{os.uname().nodename}"
    return subprocess.run([*ping, "--destination", here], check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
