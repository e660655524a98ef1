"""The way of many files into the catalog, several at once."""

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final

from clients.cli.connection import Catalog
from clients.cli.indexing.backoff import Backoff
from clients.cli.indexing.known_files import KnownFiles
from clients.cli.indexing.upload import Outcome, Result, Uploader
from services.common.errors import (
    DeadlineExceededError,
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
    ResourceExhaustedError,
    UnavailableError,
)

if TYPE_CHECKING:
    from clients.cli.failure import CommandError

MAX_FAILURES_IN_A_ROW: Final = 3

_POLL_SECONDS: Final = 0.2
# Whoever is away has been waited for already.
_SAME_FOR_ALL: Final = (NotFoundError, FailedPreconditionError, InvalidArgumentError, UnavailableError)


class Indexing:
    """A run over many files.

    Args:
        catalog: where to.
        in_flight: files on their way at once.
        backoff: how patient to be with each of them.

    Attributes:
        halted_by: why the run ended before the last file, if the service was the cause.

    """

    def __init__(self, catalog: Catalog, *, in_flight: int = 4, backoff: Backoff | None = None) -> None:
        self._catalog = catalog
        self._backoff = backoff or Backoff()
        self._stopping = Event()
        self._stop_wanted = False
        self._in_flight = in_flight
        self._failures_in_a_row = 0
        self.halted_by: CommandError | None = None

    @property
    def stopped(self) -> bool:
        """Whether the run ends, or has ended, before the last file."""
        return self._stop_wanted

    def stop(self) -> None:
        """Start no more files; those on their way are finished, without more retries.

        Safe to call from a signal handler, which must not touch an event's lock: the run itself passes it on.
        """
        self._stop_wanted = True

    def run(self, paths: Iterable[Path], known: KnownFiles | None = None) -> Iterator[Outcome]:
        """Yield what became of each file, in the order in which they are done.

        Args:
            paths: files to index.
            known: what the catalog knew of them before.

        """
        uploader = Uploader(self._catalog, self._backoff, self._stopping, known)
        remaining = iter(paths)
        under_way: set[Future[Outcome]] = set()
        with ThreadPoolExecutor(self._in_flight, thread_name_prefix="index") as pool:
            try:
                while True:
                    if self._stop_wanted:
                        self._stopping.set()
                    while not self.stopped and len(under_way) < self._in_flight:
                        if (path := next(remaining, None)) is None:
                            break
                        under_way.add(pool.submit(uploader.index, path))
                    if not under_way:
                        return
                    done, under_way = wait(under_way, _POLL_SECONDS, FIRST_COMPLETED)
                    for future in done:
                        outcome = future.result()
                        self._judge(outcome)
                        yield outcome
            finally:
                self._stopping.set()

    def _judge(self, outcome: Outcome) -> None:
        """End the run if no other file would fare better."""
        error = outcome.error
        if outcome.result is not Result.FAILED or error is None:
            if error is not None or outcome.result is not Result.SKIPPED:
                self._failures_in_a_row = 0
            return
        if isinstance(error, ResourceExhaustedError | DeadlineExceededError):
            self._failures_in_a_row += 1
        same_for_all = isinstance(error, _SAME_FOR_ALL)
        if same_for_all or self._failures_in_a_row >= MAX_FAILURES_IN_A_ROW:
            self.halted_by = self.halted_by or outcome.failure
            self.stop()
