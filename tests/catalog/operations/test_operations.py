"""Operations as their callers see them, while the service runs."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.catalog.edits.request import EditRequest
from services.catalog.operations.operation import OperationKey, OperationState
from services.catalog.operations.operation_table import OperationBounds
from services.catalog.operations.operations import Operations
from services.common.errors import AlbumenError, Reason
from services.common.limits import MAX_OPERATION_RECORD_BYTES, MAX_OPERATIONS
from tests.catalog.leasing import LONG, Gate
from tests.catalog.operations.working import KEEP_ONE, RESULTS, Work, begin, ended, files, listed, operating, until


def test_work_is_done_and_what_came_of_it_is_kept(tmp_path: Path) -> None:
    work = Work()
    with operating(tmp_path, work) as (_, operations):
        key = begin(operations, count=3)
        done = ended(operations, key)
        assert (done.state, done.result, done.error) == (OperationState.SUCCEEDED, {"counted": 3}, None)
        assert done.progress is not None
        assert (done.progress.done, done.progress.total, done.progress.what) == (3, 3, "things")
        assert done.start_time is not None
        assert done.end_time is not None
        assert done.create_time <= done.start_time <= done.end_time
        assert work.closed == 1
    with operating(tmp_path, work) as (_, operations):
        assert operations.get(key) == done
    assert len(work.tasks) == 1


def test_progress_is_told_while_the_work_goes_on(tmp_path: Path) -> None:
    gate = Gate()
    with operating(tmp_path, Work(gate=gate)) as (_, operations):
        key = begin(operations, count=2)
        seen = until(operations, key, lambda one: one.progress is not None)
        assert (seen.state, seen.done) == (OperationState.RUNNING, False)
        assert seen.progress is not None
        assert (seen.progress.done, seen.progress.total) == (1, 2)
        gate.open.set()
        assert ended(operations, key).state is OperationState.SUCCEEDED


def test_it_is_on_disk_when_it_is_answered(tmp_path: Path) -> None:
    with operating(tmp_path, Work(gate=Gate())) as (_, operations):
        key = begin(operations, count=2)
        content = (tmp_path / "a.duckdb.operations" / f"{key.id}.json").read_text()
        assert json.loads(content)["request"] == {"count": 2}


def test_one_of_a_kind_and_subject_at_a_time_and_others_beside_it(tmp_path: Path) -> None:
    gate = Gate()
    with operating(tmp_path, Work(gate=gate), libraries=("a", "b"), workers=3) as (_, operations):
        first = begin(operations)
        with pytest.raises(AlbumenError) as refused:
            begin(operations)
        assert (refused.value.reason, refused.value.resource) == (Reason.OPERATION_IN_PROGRESS, first.name)
        others = [begin(operations, subject="folders/x"), begin(operations, library="b")]
        for key in (first, *others):
            until(operations, key, lambda one: one.progress is not None)
        gate.open.set()
        for key in (first, *others):
            assert ended(operations, key).state is OperationState.SUCCEEDED
        ended(operations, begin(operations))


def test_others_wait_for_a_thread_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    work = Work(gate=Gate())
    with operating(tmp_path, work, workers=1) as (_, operations):
        keys = [begin(operations, subject=str(number)) for number in range(3)]
        until(operations, keys[0], lambda one: one.progress is not None)
        assert [operations.get(key).state for key in keys[1:]] == [OperationState.PENDING] * 2
        assert work.gate is not None
        work.gate.open.set()
        for key in keys:
            ended(operations, key)
        assert [task.operation_id for task in work.tasks] == [key.id for key in keys]


def test_one_that_is_cancelled_ends_after_the_step_under_way(tmp_path: Path) -> None:
    work = Work(gate=Gate())
    with operating(tmp_path, work) as (_, operations):
        key = begin(operations, count=100)
        assert work.gate is not None
        assert work.gate.reached.wait(LONG)
        operations.cancel(key)
        assert operations.get(key).state is OperationState.CANCELLING
        work.gate.open.set()
        found = ended(operations, key)
        assert found.state is OperationState.CANCELLED
        assert found.error is not None
        assert found.error.reason is Reason.OPERATION_CANCELLED
        assert work.closed == 1
        operations.cancel(key)
        assert operations.get(key) == found


def test_one_that_is_cancelled_while_it_waits_never_begins(tmp_path: Path) -> None:
    work = Work(gate=Gate())
    with operating(tmp_path, work, workers=1) as (_, operations):
        first, second = begin(operations), begin(operations, subject="s")
        until(operations, first, lambda one: one.progress is not None)
        operations.cancel(second)
        assert operations.get(second).state is OperationState.CANCELLED
        assert work.gate is not None
        work.gate.open.set()
        ended(operations, first)
    assert len(work.tasks) == 1


def test_an_error_is_kept_with_all_that_it_says(tmp_path: Path) -> None:
    work = Work()
    with operating(tmp_path, work) as (_, operations):
        key = begin(operations, fails="typed")
        before = ended(operations, key).error
    with operating(tmp_path, work) as (_, operations):
        after = operations.get(key).error
    assert before is not None
    assert after is not None
    assert type(before) is type(after)
    for attribute in ("reason", "message", "resource", "metadata", "violations"):
        assert getattr(after, attribute) == getattr(before, attribute)


@pytest.mark.parametrize("request_", [{"fails": "untyped"}, *({"result": result} for result in RESULTS)])
def test_a_fault_of_ours_is_an_internal_error_and_no_endless_wait(tmp_path: Path, request_: dict[str, Any]) -> None:
    with operating(tmp_path, Work()) as (_, operations):
        found = ended(operations, begin(operations, **request_))
        assert found.state is OperationState.FAILED
        assert found.error is not None
        assert found.error.reason is Reason.INTERNAL
        ended(operations, begin(operations))


def test_the_same_request_begins_it_once_and_another_one_is_refused(tmp_path: Path) -> None:
    identity = EditRequest(str(uuid4()), "digest")
    work = Work()
    with operating(tmp_path, work) as (_, operations):
        first = operations.begin("a", "counting", {}, identity=identity)
        ended(operations, first.key)
        assert operations.begin("a", "counting", {}, identity=identity).key == first.key
    with operating(tmp_path, work) as (_, operations):
        assert operations.begin("a", "counting", {}, identity=identity).key == first.key
        with pytest.raises(AlbumenError) as refused:
            operations.begin("a", "counting", {}, identity=EditRequest(identity.id, "other"))
        assert refused.value.reason is Reason.REQUEST_ID_REUSED
    assert len(work.tasks) == 1


def test_a_rehearsal_begins_nothing_and_is_refused_like_the_real_thing(tmp_path: Path) -> None:
    with operating(tmp_path, Work(gate=Gate())) as (_, operations):
        assert operations.begin("a", "counting", {}, validate_only=True).number == 0
        assert listed(operations) == []
        begin(operations)
        with pytest.raises(AlbumenError, match="is not done"):
            operations.begin("a", "counting", {}, validate_only=True)


def test_too_many_at_once_are_refused(tmp_path: Path) -> None:
    with operating(tmp_path, Work(gate=Gate())) as (_, operations):
        for number in range(MAX_OPERATIONS):
            begin(operations, subject=str(number))
        with pytest.raises(AlbumenError) as refused:
            begin(operations, subject="one more")
        assert refused.value.reason is Reason.TOO_MANY_OPERATIONS
        assert refused.value.metadata == {"limit": str(MAX_OPERATIONS), "value": str(MAX_OPERATIONS)}
        for key in listed(operations):
            operations.cancel(key)


def test_a_request_that_is_too_large_to_be_kept_is_refused(tmp_path: Path) -> None:
    with operating(tmp_path, Work()) as (_, operations):
        with pytest.raises(AlbumenError) as refused:
            begin(operations, subject="s" * MAX_OPERATION_RECORD_BYTES)
        assert refused.value.reason is Reason.REQUEST_TOO_LARGE
        assert files(tmp_path) == []


def test_the_newest_that_are_done_are_kept(tmp_path: Path) -> None:
    with operating(tmp_path, Work(), bounds=KEEP_ONE) as (_, operations):
        first, second = (begin(operations, subject=subject) for subject in "xy")
        ended(operations, second)
        until_gone(operations, first)
        assert listed(operations) == [second]
        assert files(tmp_path) == [f"{second.id}.json"]


def test_those_that_were_done_long_ago_are_forgotten(tmp_path: Path) -> None:
    with operating(tmp_path, Work()) as (_, operations):
        ended(operations, begin(operations))
    with operating(tmp_path, Work(), bounds=OperationBounds(days=1e-9)) as (_, operations):
        assert listed(operations) == []
    assert files(tmp_path) == []


def test_one_that_is_done_can_be_forgotten_and_no_other(tmp_path: Path) -> None:
    work = Work(gate=Gate())
    with operating(tmp_path, work) as (_, operations):
        key = begin(operations)
        with pytest.raises(AlbumenError) as refused:
            operations.delete(key)
        assert refused.value.reason is Reason.OPERATION_NOT_DONE
        assert work.gate is not None
        work.gate.open.set()
        ended(operations, key)
        operations.delete(key)
        with pytest.raises(AlbumenError) as refused:
            operations.get(key)
        assert refused.value.reason is Reason.OPERATION_NOT_FOUND
    assert files(tmp_path) == []


@pytest.mark.parametrize("act", ["get", "cancel", "delete"])
def test_what_is_not_there_is_not_found(tmp_path: Path, act: str) -> None:
    with operating(tmp_path, Work()) as (_, operations):
        for key in (OperationKey("a", "none"), OperationKey("none", "none"), OperationKey("..", "x")):
            with pytest.raises(AlbumenError) as refused:
                getattr(operations, act)(key)
            assert refused.value.reason is Reason.OPERATION_NOT_FOUND


def test_lists_have_pages_of_one_library_or_of_all(tmp_path: Path) -> None:
    with operating(tmp_path, Work(), libraries=("a", "b")) as (_, operations):
        keys = [begin(operations, library=library, subject=str(number)) for number in range(3) for library in "ab"]
        for key in keys:
            ended(operations, key)
        newest = keys[::-1]
        assert listed(operations, None) == newest
        assert listed(operations) == [key for key in newest if key.library_id == "a"]
        found, after = [], None
        while True:
            page = operations.page(None, lambda _: True, after=after, limit=4)
            found += [one.key for one in page.items]
            after = page.next_key
            if after is None:
                break
        assert found == newest
        assert listed(operations, "default") == []
        with pytest.raises(AlbumenError) as refused:
            listed(operations, "none")
        assert refused.value.reason is Reason.LIBRARY_NOT_FOUND


def until_gone(operations: Operations, key: OperationKey) -> None:
    with pytest.raises(AlbumenError):
        until(operations, key, lambda _: False)
