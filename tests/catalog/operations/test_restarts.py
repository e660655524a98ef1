"""What becomes of operations when the service stops or dies, and of those of a library that is erased."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.catalog.operations import library_work
from services.catalog.operations.operation import Operation, OperationState
from services.catalog.operations.operations import Operations
from services.common.errors import AlbumenError, Reason
from services.common.limits import MAX_OPERATION_ATTEMPTS
from tests.catalog.clustering.synthetic import analysis, direction
from tests.catalog.leasing import LONG, Gate
from tests.catalog.operations import killed_operation
from tests.catalog.operations.working import Work, begin, catalog_of, ended, files, listed, operating, until
from tools.protoc import ROOT


def kill(folder: Path, *arguments: str) -> None:
    """Have a process begin an operation, or go on with it, that is killed in the middle of it."""
    command = [sys.executable, "-m", killed_operation.__name__, str(folder), *arguments]
    died = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LONG, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr


def only(operations: Operations) -> Operation:
    (key,) = listed(operations)
    return ended(operations, key)


def test_a_service_that_is_killed_goes_on_at_its_next_start(tmp_path: Path) -> None:
    kill(tmp_path, "counting")
    work = Work()
    with operating(tmp_path, work) as (_, operations):
        found = only(operations)
    assert (found.state, found.attempts, found.result) == (OperationState.SUCCEEDED, 2, {"counted": 5})
    (task,) = work.tasks
    assert (task.operation_id, task.attempt, task.request) == (found.key.id, 2, {"count": 5})


def test_what_can_not_be_gone_on_with_says_why(tmp_path: Path) -> None:
    kill(tmp_path, "counting")
    with operating(tmp_path, Work(resumes=False)) as (_, operations):
        found = only(operations)
    assert found.state is OperationState.FAILED
    assert found.error is not None
    assert (found.error.reason, found.error.metadata) == (Reason.OPERATION_INTERRUPTED, {"attempts": "1"})


def test_what_kills_the_service_again_and_again_is_given_up(tmp_path: Path) -> None:
    for _ in range(MAX_OPERATION_ATTEMPTS):
        kill(tmp_path, "counting")
    work = Work()
    with operating(tmp_path, work) as (_, operations):
        found = only(operations)
    assert found.error is not None
    assert found.error.reason is Reason.OPERATION_INTERRUPTED
    assert found.attempts == MAX_OPERATION_ATTEMPTS
    assert work.tasks == []


def test_a_service_that_stops_in_good_order_ends_it_between_two_steps_and_goes_on_later(tmp_path: Path) -> None:
    for attempt in range(1, 2 * MAX_OPERATION_ATTEMPTS):
        work = Work(gate=Gate())
        with operating(tmp_path, work) as (_, operations):
            if attempt == 1:
                begin(operations, count=1_000_000)
            assert work.gate is not None
            assert work.gate.reached.wait(LONG)
        assert (work.closed, [task.attempt for task in work.tasks]) == (1, [attempt])
    (file,) = files(tmp_path)
    assert json.loads((tmp_path / "a.duckdb.operations" / file).read_text())["end_time"] is None


def test_a_service_that_stops_in_good_order_ends_what_can_not_be_gone_on_with(tmp_path: Path) -> None:
    work = Work(gate=Gate(), resumes=False)
    with operating(tmp_path, work) as (_, operations):
        key = begin(operations, count=1_000_000)
        assert work.gate is not None
        assert work.gate.reached.wait(LONG)
    found = operations.get(key).error
    assert found is not None
    assert found.reason is Reason.OPERATION_INTERRUPTED


def test_what_waited_only_begins_at_the_next_start_whatever_its_kind(tmp_path: Path) -> None:
    work = Work(gate=Gate(), resumes=False)
    with operating(tmp_path, work, workers=1) as (_, operations):
        begin(operations, subject="first", count=1_000_000)
        second = begin(operations, subject="second")
        assert work.gate is not None
        assert work.gate.reached.wait(LONG)
    assert len(work.tasks) == 1
    with operating(tmp_path, Work(resumes=False)) as (_, operations):
        assert ended(operations, second).state is OperationState.SUCCEEDED


def test_a_cancellation_outlives_a_kill(tmp_path: Path) -> None:
    kill(tmp_path, "counting", "cancelled")
    work = Work()
    with operating(tmp_path, work) as (_, operations):
        assert only(operations).state is OperationState.CANCELLED
    assert work.tasks == []


def test_a_kind_that_is_not_known_any_more_is_told(tmp_path: Path) -> None:
    kill(tmp_path, "counting")
    with operating(tmp_path, Work("other")) as (_, operations):
        found = only(operations).error
    assert found is not None
    assert found.reason is Reason.OPERATION_INTERRUPTED


def test_a_file_that_can_not_be_read_is_left_alone_and_harms_no_other(tmp_path: Path) -> None:
    with operating(tmp_path, Work()) as (_, operations):
        key = begin(operations)
        ended(operations, key)
    folder = tmp_path / "a.duckdb.operations"
    for name, content in {"b.json": b"{", "c.json": b"[]", "d.json": b"\xff", "e.json.new": b"{}"}.items():
        (folder / name).write_bytes(content)
    with operating(tmp_path, Work()) as (_, operations):
        assert listed(operations) == [key]
    assert files(tmp_path) == sorted(["b.json", "c.json", "d.json", f"{key.id}.json"])


def test_nothing_is_readable_by_others(tmp_path: Path) -> None:
    with operating(tmp_path, Work()) as (_, operations):
        ended(operations, begin(operations))
    folder = tmp_path / "a.duckdb.operations"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [file.stat().st_mode & 0o777 for file in folder.iterdir()] == [0o600]


def test_a_library_that_is_erased_takes_its_operations_along(tmp_path: Path) -> None:
    work = Work(gate=Gate())
    with operating(tmp_path, work) as (catalog, operations):
        key = begin(operations, count=1_000_000, note="a secret")
        assert work.gate is not None
        assert work.gate.reached.wait(LONG)
        catalog.delete("a", force=True)
        with pytest.raises(AlbumenError) as gone:
            operations.get(key)
        assert gone.value.reason is Reason.OPERATION_NOT_FOUND
        with pytest.raises(AlbumenError) as gone:
            begin(operations)
        assert gone.value.reason is Reason.LIBRARY_NOT_FOUND
        work.gate.open.set()
        catalog.create("a")
        # The work has ended, for another one of its subject would be refused else.
        assert ended(operations, begin(operations)).state is OperationState.SUCCEEDED
        assert len(listed(operations)) == 1
    assert work.closed == 2
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and b"a secret" in file.read_bytes()]


def test_a_reclustering_whose_service_is_killed_is_done_after_all(tmp_path: Path) -> None:
    with catalog_of(tmp_path) as catalog:
        catalog.create("a")
        with catalog.lease("a") as library:
            for number in range(3):
                library.add_image(analysis(f"photo {number}", direction(number)))
    kill(tmp_path, library_work.RECLUSTERING)
    with catalog_of(tmp_path) as catalog:
        operations = Operations(catalog, tmp_path, [library_work.reclustering(catalog)])
        operations.start()
        found = only(operations)
        operations.stop()
        with catalog.lease("a") as library:
            assert library.record().image_count == 3
    assert (found.state, found.attempts, found.result) == (OperationState.SUCCEEDED, 2, {"moved_face_count": 0})


def test_a_compaction_whose_service_is_killed_is_done_after_all(tmp_path: Path) -> None:
    with catalog_of(tmp_path) as catalog:
        catalog.create("a")
        with catalog.lease("a") as library:
            library.add_image(analysis("photo", direction(0)))
    before = (tmp_path / "a.duckdb").stat().st_ino
    kill(tmp_path, library_work.COMPACTION)
    with catalog_of(tmp_path) as catalog:
        operations = Operations(catalog, tmp_path, [library_work.compaction(catalog)])
        operations.start()
        found = only(operations)
        operations.stop()
        assert (tmp_path / "a.duckdb").stat().st_ino != before
        with catalog.lease("a") as library:
            assert library.record().image_count == 1
    assert (found.state, found.attempts) == (OperationState.SUCCEEDED, 2)


def test_a_run_of_somebody_else_is_waited_for(tmp_path: Path) -> None:
    with catalog_of(tmp_path) as catalog:
        catalog.create("a")
        operations = Operations(catalog, tmp_path, [library_work.compaction(catalog)])
        operations.start()
        with catalog.lease("a") as library:
            other = library.compaction.begin()
            key = operations.begin("a", library_work.COMPACTION, {}).key
            until(operations, key, lambda one: one.progress is not None)
            other.close()
        assert ended(operations, key).state is OperationState.SUCCEEDED
        operations.stop()
