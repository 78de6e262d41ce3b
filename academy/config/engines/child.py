"""Becomes a server or worker that cannot outlive the process that started it.

Run by path, with the standard library only, so that it costs a few milliseconds and can still
be read as root before it gives its rights away. It stands in for `preexec_fn`, which is unsafe
beside threads. Elsewhere than on Linux there is no death signal: the next start cleans up.
"""

import ctypes
import os
import signal
import sys

SET_DEATH_SIGNAL = 1


def main(parent: str, death_signal: str, owner: str, command: list[str]) -> None:
    os.setsid()
    if owner:
        uid, gid = (int(part) for part in owner.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # After setuid, which clears it.
        ctypes.CDLL(None).prctl(SET_DEATH_SIGNAL, int(death_signal), 0, 0, 0)
    if os.getppid() != int(parent):
        sys.exit("The process that asked for this one is gone.")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
