"""Checks of libraries as operations."""

import contextlib
import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from services.catalog.catalog import Catalog
from services.catalog.copies.finding import Finding
from services.catalog.copies.verification import VerificationProgress
from services.catalog.operations.kind import Kind, Progress, Steps, Task
from services.catalog.operations.turn import in_turn
from services.common.limits import MAX_OPERATION_RECORD_BYTES

VERIFICATION: Final = "verification"
_RESOURCES: Final = ("albums/", "faces/", "images/", "people/")


class Verifier:
    """Looks for faults of libraries.

    Args:
        catalog: the libraries.

    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    @property
    def kind(self) -> Kind:
        """The kind of operation that looks for faults; of a request with the key skip_people."""
        return Kind(VERIFICATION, self._steps)

    def _steps(self, task: Task) -> Steps:
        """Look for faults; the record has what was found.

        Raises:
            NotFoundError: LIBRARY_NOT_FOUND.
            UnavailableError: LIBRARY_UNAVAILABLE.

        """
        last, people = VerificationProgress(0, 0), not task.request.get("skip_people")
        with self._catalog.lease(task.library_id) as library, contextlib.ExitStack() as closing:
            if people:
                closing.enter_context(self._catalog.leases.reserved(library.memory.size_of_people()))
            run = yield from in_turn(partial(library.copies.verification.begin, people=people), "rows")
            closing.callback(run.close)
            while (step := run.advance()) is not None:
                last = step
                yield Progress(step.done, step.total, "checks")
        return _record(task.library_id, last.findings or (), last.checks)


def _record(library_id: str, findings: Sequence[Finding], checks: int) -> Mapping[str, Any]:
    """Return findings as the record of an operation, with as many examples as it has room for."""
    most = max((len(finding.examples) for finding in findings), default=0)
    while True:
        record = {"findings": [_values(library_id, finding, most) for finding in findings], "check_count": checks}
        if most == 0 or len(json.dumps(record)) <= MAX_OPERATION_RECORD_BYTES:
            return record
        most -= 1


def _values(library_id: str, finding: Finding, most: int) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "severity": str(finding.severity),
        "fault_count": finding.count,
        "examples": [
            f"libraries/{library_id}/{example}" if example.startswith(_RESOURCES) else example
            for example in finding.examples[:most]
        ],
        "description": finding.description,
        "advice": finding.advice,
    }
