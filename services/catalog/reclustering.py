"""Reclusters a library, a few groups at a time, while others read and write."""

import contextlib
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import Final

from services.catalog.clustering.parameters import MAX_EPS, MAX_SAMPLES, MIN_EPS, MIN_SAMPLES
from services.catalog.events import Resource
from services.catalog.people.group import Group
from services.catalog.people_writer import PeopleWriter
from services.catalog.stepped_run import SteppedRun
from services.catalog.storage.database import Database
from services.catalog.storage.library_row import read_parameters, write_parameters
from services.common.checks import Checks
from services.common.errors import FailedPreconditionError, InvalidArgumentError, Reason
from services.common.number_text import float64_text

GROUPS_AT_ONCE: Final = 64
# What moves in one pass may be reason for others to move; it settles in two or three.
MAX_PASSES: Final = 3


@dataclass(frozen=True, slots=True)
class ReclusteringProgress:
    """How far it is.

    Attributes:
        done: people and single faces that were looked at.
        total: people and single faces that there are, as far as is known.
        moved: faces that have changed person so far.

    """

    done: int
    total: int
    moved: int


class Reclustering:
    """Reclusters one library; only one run at a time.

    Args:
        database: the library's file.
        people: of the library.
        library_id: for messages.

    """

    def __init__(self, database: Database, people: PeopleWriter, library_id: str) -> None:
        self._database = database
        self._people = people
        self._library_id = library_id
        self._running = threading.Lock()

    def begin(self, *, eps: float | None = None, min_samples: int | None = None) -> SteppedRun[ReclusteringProgress]:
        """Begin to look at everybody; the caller advances the run, and closes it.

        What users said stays, and so does every person's id as long as most of the person's faces stay together.

        Args:
            eps: a new eps of the library from now on; None keeps it.
            min_samples: likewise.

        Raises:
            FailedPreconditionError: RECLUSTERING_IN_PROGRESS.
            InvalidArgumentError: PARAMETER_OUT_OF_RANGE.

        """
        self._take()
        try:
            if eps is not None or min_samples is not None:
                self._change_parameters(eps, min_samples)
        except BaseException:
            self._running.release()
            raise
        return SteppedRun(self._passes(), self._running)

    @contextlib.contextmanager
    def kept_off(self) -> Iterator[None]:
        """Let no run begin while the block lasts.

        Raises:
            FailedPreconditionError: RECLUSTERING_IN_PROGRESS.

        """
        self._take()
        try:
            yield
        finally:
            self._running.release()

    def _take(self) -> None:
        if not self._running.acquire(blocking=False):
            raise FailedPreconditionError(
                Reason.RECLUSTERING_IN_PROGRESS,
                f"Library {self._library_id!r} is being reclustered already. Wait until that is done, or cancel it.",
                resource=f"libraries/{self._library_id}",
                # The step under way of a run that was cancelled takes as long.
                retry_after=1.0,
            )

    def _passes(self) -> Generator[ReclusteringProgress, None, None]:
        done = moved = 0
        for _ in range(MAX_PASSES):
            with self._database.exclusive():
                groups = self._people.ensure_loaded().groups()
            before = moved
            total = done + len(groups)
            for start in range(0, len(groups), GROUPS_AT_ONCE):
                few = groups[start : start + GROUPS_AT_ONCE]
                moved += self._regroup(few)
                done += len(few)
                yield ReclusteringProgress(done, total, moved)
            if moved == before:
                break

    def _regroup(self, groups: list[Group]) -> int:
        """Regroup a few; return how many faces moved."""
        with self._database.write() as transaction:
            moved = self._people.regroup(transaction, groups)
            transaction.commit()
        return moved

    def _change_parameters(self, eps: float | None, min_samples: int | None) -> None:
        check_parameters(eps, min_samples)
        with self._database.write() as transaction:
            old = read_parameters(transaction.cursor)
            new = replace(
                old,
                eps=old.eps if eps is None else eps,
                min_samples=old.min_samples if min_samples is None else min_samples,
            )
            write_parameters(transaction.cursor, new, transaction.now)
            transaction.note(Resource.LIBRARY, [0])
            transaction.commit()
            self._people.unload()


def check_parameters(
    eps: float | None, min_samples: int | None, min_quality: float | None = None, *, field: str = ""
) -> None:
    """Refuse what is out of its range, before anything is stored; None is in range.

    Args:
        eps: see `ClusteringParameters`.
        min_samples: likewise.
        min_quality: likewise.
        field: what comes before their names on the wire.

    Raises:
        InvalidArgumentError: PARAMETER_OUT_OF_RANGE.

    """
    checks = Checks()
    if eps is not None:
        checks.run(_check_eps, eps, field)
    if min_samples is not None:
        checks.run(_check_min_samples, min_samples, field)
    if min_quality is not None:
        checks.run(_check_min_quality, min_quality, field)
    checks.done()


def _check_eps(eps: float, prefix: str) -> None:
    if not MIN_EPS <= eps < MAX_EPS:
        raise InvalidArgumentError(
            Reason.PARAMETER_OUT_OF_RANGE,
            f"eps must be at least {MIN_EPS:f} and below {float64_text(MAX_EPS)}, and {float64_text(eps)} is not.",
            field=f"{prefix}eps",
            metadata={"minimum": f"{MIN_EPS:f}", "limit": float64_text(MAX_EPS), "value": float64_text(eps)},
        )


def _check_min_samples(min_samples: int, prefix: str) -> None:
    if not MIN_SAMPLES <= min_samples <= MAX_SAMPLES:
        raise InvalidArgumentError(
            Reason.PARAMETER_OUT_OF_RANGE,
            f"min_samples must lie between {MIN_SAMPLES} and {MAX_SAMPLES}, and {min_samples} does not.",
            field=f"{prefix}min_samples",
            metadata={"minimum": str(MIN_SAMPLES), "limit": str(MAX_SAMPLES), "value": str(min_samples)},
        )


def _check_min_quality(min_quality: float, prefix: str) -> None:
    if not 0 <= min_quality <= 1:
        raise InvalidArgumentError(
            Reason.PARAMETER_OUT_OF_RANGE,
            f"min_quality must lie between 0 and 1, and {float64_text(min_quality)} does not.",
            field=f"{prefix}min_quality",
            metadata={"minimum": "0", "limit": "1", "value": float64_text(min_quality)},
        )
