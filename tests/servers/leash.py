"""No server outlives the tests that started it, whatever ends them."""

import subprocess
from pathlib import Path

# The end of a pipe whose other end is ours alone means that we died: end the group, then remove its folder.
_WATCH = """
read -r _
kill -s "$1" -- "-$2" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do kill -s 0 -- "-$2" 2>/dev/null || break; sleep 0.1; done
[ -z "$3" ] || rm -rf -- "$3"
"""


class Leash:
    """Ends a process group when this process dies, even by SIGKILL. The group's leader must be a session's first.

    A shell that watches a pipe, and not PR_SET_PDEATHSIG: that is Linux's alone, and it strikes when the *thread* that
    started the server ends, as those of `asyncio.to_thread` do.
    """

    def __init__(self, group: int, *, signal: str = "KILL", folder: Path | None = None) -> None:
        self._watch = subprocess.Popen(
            ["/bin/sh", "-c", _WATCH, "leash", signal, str(group), str(folder or "")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )

    def release(self) -> None:
        """The group has ended; its number may belong to somebody else now."""
        self._watch.kill()
        self._watch.communicate()
