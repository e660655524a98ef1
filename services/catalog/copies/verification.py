"""Looks for faults of a library, at one moment of it, and changes nothing."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.catalog.copies.finding import Finding, Severity
from services.catalog.copies.kept_check import KeptCheck
from services.catalog.copies.people_check import check_people
from services.catalog.copies.snapshot import snapshot
from services.catalog.stepped_run import SteppedRun
from services.catalog.storage.database import Cursor, Database
from services.catalog.storage.faces import read_embeddings, read_face_columns
from services.catalog.storage.integrity import MAX_EXAMPLES, ROW_CHECKS, RowCheck, find_faults
from services.catalog.storage.snapshots import read_token
from services.catalog.whole_file import WholeFile
from services.common.errors import Reason

_FACES_AT_ONCE: Final = 4096
# Of a unit vector whose components are float32.
_TOLERANCE: Final = 1e-3
# Beside those of rows: embeddings, the folder, and people.
# Of faces that are twice there, or whose embeddings are none, no clustering can be made.
_NO_PEOPLE: Final = frozenset({"ID_TWICE", "EMBEDDING_DAMAGED"})
_OTHER_CHECKS: Final = 3
_FROM_BACKUP: Final = "Restore a backup from before, under another name, and compare; write to whoever keeps Albumen."
_FROM_ROWS: Final = "Nothing of yours is lost; write to whoever keeps Albumen."


@dataclass(frozen=True, slots=True)
class VerificationProgress:
    """How far it is.

    Attributes:
        done: steps that were done.
        total: steps that there are, as far as is known.
        findings: what was found; None until all is done.
        checks: how many kinds of faults were looked for.

    """

    done: int
    total: int
    findings: tuple[Finding, ...] | None = None
    checks: int = 0


class Verification:
    """Looks for faults of one library, one run at a time.

    Args:
        database: the library's file.
        whole: the turn to go through that file.
        threads: of the clustering.

    """

    def __init__(self, database: Database, whole: WholeFile, threads: int) -> None:
        self._database = database
        self._whole = whole
        self._threads = threads

    def begin(self, *, people: bool = True) -> SteppedRun[VerificationProgress]:
        """Begin to look at the library as it is now; the caller advances the run, and closes it.

        Args:
            people: whether to cluster all faces anew, which takes as much memory as the library's people take.

        Raises:
            FailedPreconditionError: COMPACTION_IN_PROGRESS, BACKUP_IN_PROGRESS.

        """
        self._whole.take(Reason.BACKUP_IN_PROGRESS)
        return self._whole.begin(self._steps(people=people))

    def _steps(self, *, people: bool) -> Generator[VerificationProgress, None, None]:
        self._whole.check()
        findings, done = list[Finding](), 0
        with snapshot(self._database) as cursor:
            total = len(ROW_CHECKS) + _OTHER_CHECKS
            for check in ROW_CHECKS:
                self._whole.check()
                count, examples = find_faults(cursor, check)
                if count:
                    findings.append(_row_finding(check, count, examples))
                done += 1
                yield VerificationProgress(done, total)
            with KeptCheck(self._database.path, read_token(cursor)) as kept:
                # What is wrong in one place is not to end the search for more.
                if not any(found.kind == "FACE_MALFORMED" for found in findings):
                    findings += yield from self._embeddings(cursor, kept, done, total)
                    done += 2
                    if people and not any(found.kind in _NO_PEOPLE for found in findings):
                        for _ in (running := _Returned(check_people(cursor, kept.snapshot, self._threads))):
                            self._whole.check()
                            yield VerificationProgress(done, total)
                        findings += running.value
        checks = len(ROW_CHECKS) + _OTHER_CHECKS - (not people)
        yield VerificationProgress(total, total, tuple(findings), checks)

    def _embeddings(
        self, cursor: Cursor, kept: KeptCheck, done: int, total: int
    ) -> Generator[VerificationProgress, None, list[Finding]]:
        ids = np.unique(read_face_columns(cursor).ids)
        wrong, examples = 0, list[str]()
        for start in range(0, len(ids), _FACES_AT_ONCE):
            self._whole.check()
            few = ids[start : start + _FACES_AT_ONCE]
            embeddings = read_embeddings(cursor, few)
            kept.look_at(few, embeddings)
            with np.errstate(all="ignore"):
                lengths = np.linalg.norm(embeddings.astype(np.float64), axis=1)
                is_wrong = ~(np.abs(lengths - 1) <= _TOLERANCE)
            wrong += int(is_wrong.sum())
            examples += [f"faces/{face}" for face in few[is_wrong][:MAX_EXAMPLES].tolist()]
            yield VerificationProgress(done, total)
        found = [] if (of_folder := kept.finding()) is None else [of_folder]
        if wrong:
            description = "The embedding of a face is no unit vector."
            found.append(
                Finding(
                    "EMBEDDING_DAMAGED",
                    Severity.ERROR,
                    wrong,
                    tuple(examples[:MAX_EXAMPLES]),
                    description,
                    _FROM_BACKUP,
                )
            )
        return found


class _Returned:
    """Iterates over a generator, and keeps what it returns."""

    def __init__(self, steps: Generator[int, None, tuple[Finding, ...]]) -> None:
        self._steps = steps
        self.value: tuple[Finding, ...] = ()

    def __iter__(self) -> Generator[int, None, None]:
        self.value = yield from self._steps


def _row_finding(check: RowCheck, count: int, examples: tuple[str, ...]) -> Finding:
    severity = Severity.WARNING if check.derived else Severity.ERROR
    return Finding(
        check.kind, severity, count, examples, check.description, _FROM_ROWS if check.derived else _FROM_BACKUP
    )
