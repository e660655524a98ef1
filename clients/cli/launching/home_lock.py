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
from models.home import libraries_dir

_LOCK: Final = ".up.lock"
_HOLDER: Final = ".up.pid"
# What a holder says of itself; nothing more than its number while its services serve.
_STARTING: Final = "starting"
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
                self._mine.append(folder / _HOLDER)
        except OSError as error:
            self._let_go()
            where = error.filename or folder
            raise CommandError(
                f"The folders of the services can't be written: {where}: {error.strerror or error}.",
                advice="Make room or give yourself access there, or choose others by --log-dir FOLDER and "
                "ALBUMEN_CATALOG_LIBRARIES_DIR.",
            ) from error
        except CommandError:
            self._let_go()
            raise
        self._say(_STARTING)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Let go of all folders."""
        self._let_go()

    def say_started(self) -> None:
        """Say to whoever looks for the services that there is nothing more to wait for."""
        self._say("")

    @contextmanager
    def until_stopping(self) -> Iterator[None]:
        """When it closes, say to whoever wants the folders that they will soon be free."""
        try:
            yield
        finally:
            self._say(_STOPPING)

    def _say(self, state: str) -> None:
        for holder in self._mine:
            # Of use to others only: the lock holds on a full disk, too.
            with suppress(OSError):
                holder.touch(mode=0o600)
                # One that was left behind may be readable for others.
                holder.chmod(0o600)
                holder.write_text(f"{os.getpid()} {state}".rstrip())

    def _let_go(self) -> None:
        for holder in self._mine:
            with suppress(OSError):
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


def libraries_folder() -> Path:
    """Return the folder of libraries that the environment names: `albumen up` holds it as long as it runs."""
    return Path(os.environ.get("ALBUMEN_CATALOG_LIBRARIES_DIR") or libraries_dir())


def is_starting(folder: Path) -> bool:
    """Return whether a process that holds `folder` has services that it is starting."""
    try:
        process, state = _read_holder(folder)
    except (OSError, ValueError):
        return False
    return state == _STARTING and _is_running(process)


def _is_running(process: int) -> bool:
    """Return whether there is a process, as far as can be said: one that was killed says for ever what it said last."""
    # Elsewhere it would be a signal; here, signal 0 only asks.
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def _read_holder(folder: Path) -> tuple[int, str]:
    """Return the number of the process that holds `folder`, and what it says of itself."""
    number, _, state = (folder / _HOLDER).read_text().partition(" ")
    return int(number), state


def _holder(folder: Path) -> tuple[str, bool]:
    """Return who has `folder`, and whether that process may be stopping."""
    try:
        process, state = _read_holder(folder)
    except (OSError, ValueError):
        # Nothing is written there for a moment, when a process has just come or is about to go.
        return "another process", True
    return f"process {process}", state == _STOPPING


def _taken(folder: Path, holder: str) -> CommandError:
    return CommandError(
        f"Albumen is running already: {holder} uses {folder}.",
        reason="HOME_IN_USE",
        # A home of its own would lack the weights.
        advice="Stop that one, or give this one folders and ports of its own: ALBUMEN_CATALOG_LIBRARIES_DIR=FOLDER "
        "albumen up --log-dir FOLDER --detector-listen HOST:PORT --embedder-listen HOST:PORT "
        "--catalog-listen HOST:PORT",
    )
