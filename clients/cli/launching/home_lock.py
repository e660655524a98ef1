"""One `albumen up` a home: two would write each other's logs and wait for each other's libraries."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from filelock import FileLock, Timeout

from clients.cli import console
from clients.cli.failure import CommandError

_LOCK: Final = ".up.lock"
_HOLDER: Final = ".up.pid"
_STOPPING: Final = "stopping"
_POLL_SECONDS: Final = 0.1


class HomeLock:
    """Holds the folders that services write to, for as long as it is open.

    The system lets go of them however the process ends, so nothing is left behind that must be cleaned up.

    Args:
        folders: of logs and of libraries; made if they are not there, for their owner alone.
        patience_seconds: longest time that a process which is stopping is waited for.

    """

    def __init__(self, folders: Iterable[Path], *, patience_seconds: float = 25.0) -> None:
        self._patience_seconds = patience_seconds
        self._folders = tuple(dict.fromkeys(folders))
        self._mine: list[Path] = []
        self._held = ExitStack()

    def __enter__(self) -> Self:
        """Take all folders.

        Raises:
            CommandError: another process has one of them; it is named.

        """
        try:
            for folder in self._folders:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._take(folder)
                # Beside the lock: who tries it next may empty the lock's own file.
                holder = folder / _HOLDER
                holder.touch(mode=0o600)
                # One that was left behind may be readable for others.
                holder.chmod(0o600)
                holder.write_text(str(os.getpid()))
                self._mine.append(holder)
        except OSError as error:
            self._let_go()
            raise CommandError(f"The folders of the services can't be written: {error}.") from error
        except CommandError:
            self._let_go()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Let go of all folders."""
        self._let_go()

    @contextmanager
    def until_stopping(self) -> Iterator[None]:
        """When it closes, say to whoever wants the folders that they will soon be free."""
        try:
            yield
        finally:
            with suppress(OSError):
                for holder in self._mine:
                    holder.write_text(f"{os.getpid()} {_STOPPING}")

    def _let_go(self) -> None:
        for holder in self._mine:
            holder.unlink(missing_ok=True)
        self._mine.clear()
        self._held.close()

    def _take(self, folder: Path) -> None:
        """Take one folder; one that is being left is waited for."""
        lock = FileLock(folder / _LOCK, timeout=0, mode=0o600)
        deadline = time.monotonic() + self._patience_seconds
        told = False
        while True:
            try:
                self._held.enter_context(lock)
            except Timeout:
                holder, may_stop = _holder(folder)
                if not may_stop or time.monotonic() > deadline:
                    raise _taken(folder, holder) from None
                if not told:
                    console.err.print(f"[dim]Waiting for {holder}, which is stopping …[/]", soft_wrap=True)
                told = True
                time.sleep(_POLL_SECONDS)
            else:
                return


def _holder(folder: Path) -> tuple[str, bool]:
    """Return who has `folder`, and whether that process may be stopping."""
    try:
        number, _, state = (folder / _HOLDER).read_text().partition(" ")
        return f"process {int(number)}", state == _STOPPING
    except (OSError, ValueError):
        # Nothing is written there for a moment, when a process has just come or is about to go.
        return "another process", True


def _taken(folder: Path, holder: str) -> CommandError:
    return CommandError(
        f"Albumen is running already: {holder} uses {folder}.",
        reason="HOME_IN_USE",
        # A home of its own would lack the weights.
        advice="Stop that one, or give this one folders and ports of its own: ALBUMEN_CATALOG_LIBRARIES_DIR=FOLDER "
        "albumen up --log-dir FOLDER --detector-listen HOST:PORT --embedder-listen HOST:PORT "
        "--catalog-listen HOST:PORT",
    )
