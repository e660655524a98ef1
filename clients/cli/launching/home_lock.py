"""One `albumen up` a home: two would write each other's logs and wait for each other's libraries."""

import os
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from filelock import FileLock, Timeout

from clients.cli.failure import CommandError

_LOCK: Final = ".up.lock"
_HOLDER: Final = ".up.pid"


class HomeLock:
    """Holds the folders that services write to, for as long as it is open.

    The system lets go of them however the process ends, so nothing is left behind that must be cleaned up.

    Args:
        folders: of logs and of libraries; made if they are not there, for their owner alone.

    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(dict.fromkeys(folders))
        self._held = ExitStack()

    def __enter__(self) -> Self:
        """Take all folders.

        Raises:
            CommandError: another process has one of them; it is named.

        """
        try:
            for folder in self._folders:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                lock = FileLock(folder / _LOCK, timeout=0, mode=0o600)
                try:
                    self._held.enter_context(lock)
                except Timeout:
                    raise _taken(folder) from None
                # Beside the lock: who tries it next may empty the lock's own file.
                holder = folder / _HOLDER
                holder.touch(mode=0o600)
                # One that was left behind may be readable for others.
                holder.chmod(0o600)
                holder.write_text(str(os.getpid()))
        except OSError as error:
            self._held.close()
            raise CommandError(f"The folders of the services can't be written: {error}.") from error
        except CommandError:
            self._held.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Let go of all folders."""
        for folder in self._folders:
            (folder / _HOLDER).unlink(missing_ok=True)
        self._held.close()


def _taken(folder: Path) -> CommandError:
    try:
        holder = f"process {int((folder / _HOLDER).read_text())}"
    except (OSError, ValueError):
        holder = "another process"
    return CommandError(
        f"Albumen is running already: {holder} uses {folder}.",
        reason="HOME_IN_USE",
        advice="Stop that one, or give this one a home of its own: ALBUMEN_HOME=FOLDER albumen up ...",
    )
