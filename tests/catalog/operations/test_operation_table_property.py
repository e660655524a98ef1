"""The table of operations against a dictionary, over restarts."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from services.catalog.edits.request import EditRequest
from services.catalog.erasure import erase_library
from services.catalog.operations.kind import Progress
from services.catalog.operations.operation import Operation, OperationKey
from services.catalog.operations.operation_files import OperationFiles
from services.catalog.operations.operation_table import OperationBounds, OperationTable
from services.common.errors import (
    AlbumenError,
    CancelledError,
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
    Reason,
    Violation,
)

KEPT = 3
LIBRARIES = st.sampled_from(["a", "a-b", "default"])
WORDS = st.text(st.characters(codec="utf-8"), max_size=5)
RECORDS = st.dictionaries(
    WORDS,
    st.none() | st.booleans() | st.integers() | WORDS | st.floats(allow_nan=False, allow_infinity=False),
    max_size=3,
)
ERRORS = st.builds(
    lambda kind, reason, message, field: kind(
        reason,
        message,
        violations=[Violation(reason, field, message, {"limit": message})] if field else [],
        resource=field or None,
        metadata={"value": message},
    ),
    st.sampled_from([CancelledError, FailedPreconditionError, NotFoundError, InvalidArgumentError]),
    st.sampled_from(Reason),
    WORDS,
    WORDS,
)


class OperationsOfACatalog(RuleBasedStateMachine):
    keys = Bundle("keys")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.model: dict[OperationKey, Operation] = {}
        self.ended: list[OperationKey] = []
        self.restart()

    @rule()
    def restart(self) -> None:
        self.table = OperationTable(OperationFiles(self.folder), OperationBounds(count=KEPT), self.ended.append)
        undone = self.table.load()
        assert [one.key for one in undone] == sorted(
            (key for key, one in self.model.items() if not one.done), key=lambda key: self.model[key].number
        )
        # How far it was is not kept while it is under way.
        self.model = {key: one if one.done else replace(one, progress=None) for key, one in self.model.items()}

    @rule(target=keys, library=LIBRARIES, kind=st.sampled_from(["x", "x-y"]), subject=WORDS, request=RECORDS)
    def begin(self, library: str, kind: str, subject: str, request: dict[str, object]) -> object:
        new = Operation(library, 0, kind, subject, request, datetime.now(UTC))
        same = [
            one
            for one in self.model.values()
            if not one.done and (one.library_id, one.kind, one.subject) == (library, kind, subject)
        ]
        if same:
            with pytest.raises(FailedPreconditionError) as refused:
                self.table.add(new)
            assert [one.key.name for one in same] == [refused.value.resource]
            return multiple()
        begun, is_new = self.table.add(new)
        assert is_new
        assert begun.number > max((one.number for one in self.model.values()), default=0)
        self.model[begun.key] = begun
        return begun.key

    @rule(target=keys, library=LIBRARIES, request_id=st.integers(0, 3), digest=st.sampled_from("de"))
    def begin_again(self, library: str, request_id: int, digest: str) -> object:
        identity = EditRequest(str(UUID(int=request_id, version=4)), digest)
        new = Operation(library, 0, "again", str(request_id), {}, datetime.now(UTC), identity)
        before = [one for one in self.model.values() if (one.library_id, one.identity.id) == (library, identity.id)]
        if before and [one.identity.digest for one in before] != [digest]:
            with pytest.raises(InvalidArgumentError) as refused:
                self.table.add(new)
            assert refused.value.reason is Reason.REQUEST_ID_REUSED
            return multiple()
        begun, is_new = self.table.add(new)
        assert is_new is not bool(before)
        self.model[begun.key] = begun
        return begun.key

    @rule(key=keys, done=st.integers(0, 5))
    def go_on(self, key: OperationKey, done: int) -> None:
        self.change(key, lambda one: replace(one, progress=Progress(done, 5, "things")), durable=False)

    @rule(key=keys)
    def cancel(self, key: OperationKey) -> None:
        self.change(key, lambda one: replace(one, cancel_requested=True))

    @rule(key=keys, result=RECORDS)
    def succeed(self, key: OperationKey, result: dict[str, object]) -> None:
        self.end(key, lambda one: one.ended(datetime.now(UTC), result=result))

    @rule(key=keys, error=ERRORS)
    def fail(self, key: OperationKey, error: AlbumenError) -> None:
        self.end(key, lambda one: one.ended(datetime.now(UTC), error=error))

    @rule(key=keys)
    def forget(self, key: OperationKey) -> None:
        known = self.model.get(key)
        assert self.table.remove(key) is (known is not None and known.done)
        if known is not None and known.done:
            del self.model[key]

    @rule(library=LIBRARIES)
    def erase(self, library: str) -> None:
        self.table.drop_library(library)
        erase_library(self.folder / f"{library}.duckdb")
        self.model = {key: one for key, one in self.model.items() if key.library_id != library}

    @invariant()
    def all_is_as_it_was_said(self) -> None:
        assert {one.key: comparable(one) for one in self.table.all()} == {
            key: comparable(one) for key, one in self.model.items()
        }
        stored = {file.stem for file in self.folder.rglob("*.json")}
        assert stored == {key.id for key in self.model}

    def change(self, key: OperationKey, change: Callable[[Operation], Operation], *, durable: bool = True) -> None:
        known = self.model.get(key)
        if known is not None and not known.done:
            self.model[key] = change(known)
        self.table.change(key, lambda _: self.model[key], durable=durable)

    def end(self, key: OperationKey, end: Callable[[Operation], Operation]) -> None:
        known = self.model.get(key)
        told = len(self.ended)
        is_end = known is not None and not known.done
        if known is not None and is_end:
            self.model[key] = end(known)
        self.table.end(key, lambda _: self.model[key])
        assert self.ended[told:] == ([key] if is_end else [])
        done = sorted((one for one in self.model.values() if one.end_time), key=lambda one: str(one.end_time))
        for one in done[:-KEPT]:
            del self.model[one.key]

    def teardown(self) -> None:
        shutil.rmtree(self.folder)


def comparable(operation: Operation) -> dict[str, object]:
    """Everything of it; errors are equal if they say the same."""
    return {**operation.stored(), "progress": operation.progress}


TestOperationsOfACatalog = OperationsOfACatalog.TestCase
TestOperationsOfACatalog.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
