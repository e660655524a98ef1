"""`albumen operations`, and commands that leave their work to the catalog."""

import json
from typing import Any
from uuid import UUID

import pytest
from google.longrunning.operations_pb2 import ListOperationsRequest, Operation
from google.protobuf.any_pb2 import Any as Packed
from google.rpc.status_pb2 import Status

from albumen.catalog.v1 import operation_pb2 as pb
from albumen.catalog.v1.backup_service_pb2 import Finding, VerifyLibraryResponse
from albumen.catalog.v1.folder_pb2 import FolderSyncCounts
from albumen.catalog.v1.folder_service_pb2 import SyncFolderResponse
from albumen.catalog.v1.library_service_pb2 import StartCompactionResponse
from services.common.errors import CancelledError, Reason
from services.common.wire.status import to_status
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog


def metadata(state: pb.OperationState = pb.OPERATION_STATE_RUNNING, **fields: Any) -> pb.OperationMetadata:
    told = pb.OperationMetadata(kind="compaction", target="libraries/default", state=state)
    told.create_time.seconds = 1_700_000_000
    told.MergeFrom(pb.OperationMetadata(**fields))
    return told


def freed(count: int) -> Packed:
    response = Packed()
    response.Pack(StartCompactionResponse(freed_bytes=count))
    return response


def done(fake: FakeCatalog, identifier: str = "compaction-1") -> Operation:
    told = metadata(pb.OPERATION_STATE_SUCCEEDED, done_count=4_000, total_count=4_000, unit="rows")
    return fake.add_operation(identifier, told, response=freed(12_345))


def failed(fake: FakeCatalog) -> Operation:
    error = to_status(CancelledError(Reason.OPERATION_CANCELLED, "It was cancelled."))
    return fake.add_operation("compaction-2", metadata(pb.OPERATION_STATE_CANCELLED), error=error)


def test_operations_are_listed_with_how_far_they_are(run: Run, fake: FakeCatalog) -> None:
    assert run("operations", "list").out == "There are no operations.\n"
    done(fake)
    failed(fake)
    fake.add_operation("reclustering-3", metadata(done_count=1_200, total_count=4_000, unit="people and single faces"))
    finished = run("operations", "list")
    assert finished.exit_code == 0
    lines = [line.split() for line in finished.out.splitlines() if "-" in line]
    told = {line[0]: " ".join(line[1:]) for line in lines}
    assert told["compaction-1"].startswith("done 4,000 of 4,000 rows")
    assert told["compaction-1"].endswith("freed bytes: 12,345")
    assert told["compaction-2"].startswith("cancelled")
    assert told["compaction-2"].endswith("It was cancelled.")
    assert told["reclustering-3"].startswith("under way 1,200 of 4,000 people and single faces")


def test_a_result_of_many_figures_is_told_by_those_that_say_something(run: Run, fake: FakeCatalog) -> None:
    succeeded = metadata(pb.OPERATION_STATE_SUCCEEDED)
    synced, checked = Packed(), Packed()
    synced.Pack(SyncFolderResponse(counts=FolderSyncCounts(file_count=1_234, added_count=2)))
    fake.add_operation("folder-sync-1", succeeded, response=synced)
    assert run("operations", "wait", "folder-sync-1").out == "Done. file count: 1,234, added count: 2\n"
    checked.Pack(VerifyLibraryResponse(check_count=22))
    fake.add_operation("verification-1", succeeded, response=checked)
    assert run("operations", "wait", "verification-1").out == "Done. check count: 22\n"
    checked.Pack(VerifyLibraryResponse(check_count=22, findings=[Finding(), Finding()]))
    fake.add_operation("verification-2", succeeded, response=checked)
    assert run("operations", "wait", "verification-2").out == "Done. findings: 2, check count: 22\n"


def test_a_list_is_narrowed_by_the_catalog(run: Run, fake: FakeCatalog) -> None:
    done(fake)
    finished = run("operations", "list", "--filter", "done = true", "--all-libraries", "--limit", "1")
    assert "default" in finished.out
    (asked,) = fake.state.operation_calls
    assert isinstance(asked, ListOperationsRequest)
    assert (asked.name, asked.filter, asked.page_size) == ("libraries/-", "done = true", 2)


def test_programs_get_a_line_of_json_each(run: Run, fake: FakeCatalog) -> None:
    done(fake)
    failed(fake)
    first, second = map(json.loads, run("operations", "list", "--json").out.splitlines())
    assert (first["metadata"]["kind"], first["response"]["freedBytes"]) == ("compaction", "12345")
    assert second["error"]["code"] == 1
    assert json.loads(run("operations", "show", "compaction-1", "--json").out) == first


def test_what_a_newer_catalog_tells_is_shown_as_far_as_it_is_known(run: Run, fake: FakeCatalog) -> None:
    new = Packed(type_url="type.googleapis.com/albumen.catalog.v1.TeleportLibraryResponse", value=b"\x08\x01")
    fake.add_operation("teleport-1", metadata(target="libraries/\x1b[31m"), response=new)
    shown = run("operations", "show", "teleport-1")
    assert shown.exit_code == 0
    assert "\x1b" not in shown.out
    told = json.loads(run("operations", "show", "teleport-1", "--json").out)
    assert told["response"] == {"@type": new.type_url}
    assert run("operations", "wait", "teleport-1").out == "Done.\n"


def test_one_is_shown_with_all_that_is_known(run: Run, fake: FakeCatalog) -> None:
    done(fake)
    for name in ("compaction-1", "libraries/default/operations/compaction-1"):
        lines = [line.split(maxsplit=1) for line in run("operations", "show", name).out.splitlines()]
        assert ["kind", "compaction"] in lines
        assert ["state", "done"] in lines
        assert ["result", "freed bytes: 12,345"] in lines


def test_waiting_ends_when_it_is_done(run: Run, fake: FakeCatalog) -> None:
    last = metadata(pb.OPERATION_STATE_SUCCEEDED, done_count=2, total_count=2, unit="rows")
    fake.add_operation("compaction-1", metadata(), metadata(done_count=1, unit="rows"), last, response=freed(0))
    finished = run("operations", "wait", "compaction-1")
    assert (finished.exit_code, finished.out) == (0, "Done. freed bytes: 0\n")
    assert len(fake.state.operation_calls) == 3


def test_waiting_for_one_that_failed_fails_with_its_reason(run: Run, fake: FakeCatalog) -> None:
    failed(fake)
    finished = run("operations", "wait", "compaction-2")
    assert (finished.exit_code, finished.out) == (1, "")
    assert "It was cancelled." in finished.err
    assert "OPERATION_CANCELLED" in finished.err
    assert json.loads(run("operations", "wait", "compaction-2", "--json").out)["done"]


def test_waiting_has_an_end_of_its_own(run: Run, fake: FakeCatalog) -> None:
    fake.add_operation("compaction-1", metadata(done_count=1, total_count=9, unit="rows"))
    finished = run("operations", "wait", "compaction-1", "--timeout", "0")
    assert finished.exit_code == 5
    assert "1 of 9 rows" in finished.err


@pytest.mark.parametrize("command", ["show", "wait", "cancel", "forget"])
def test_what_is_not_there_is_told(run: Run, command: str) -> None:
    finished = run("operations", command, "none")
    assert finished.exit_code == 1
    assert "OPERATION_NOT_FOUND" in finished.err
    assert "operations list" in finished.err


def test_cancelling_says_what_follows(run: Run, fake: FakeCatalog) -> None:
    fake.add_operation("compaction-1", metadata(pb.OPERATION_STATE_CANCELLING))
    assert run("operations", "cancel", "compaction-1").out == "It ends after the step under way.\n"
    failed(fake)
    assert run("operations", "cancel", "compaction-2").out == "It is ended: cancelled.\n"


def test_one_that_is_done_is_forgotten_and_no_other(run: Run, fake: FakeCatalog) -> None:
    done(fake)
    assert run("operations", "forget", "compaction-1").exit_code == 0
    assert not fake.state.operations
    fake.add_operation("compaction-1", metadata())
    finished = run("operations", "forget", "compaction-1")
    assert finished.exit_code == 1
    assert "operations cancel" in finished.err


@pytest.mark.parametrize(
    ("arguments", "identifier"), [(["compact"], "compaction-1"), (["recluster", "--eps", "0.3"], "reclustering-1")]
)
def test_a_detached_command_prints_the_id_and_nothing_else(
    run: Run, fake: FakeCatalog, arguments: list[str], identifier: str
) -> None:
    finished = run(*arguments, "--detach")
    assert (finished.exit_code, finished.out) == (0, f"{identifier}\n")
    (request,) = fake.state.operation_calls
    asked: Any = request
    assert asked.name == "libraries/default"
    assert UUID(asked.request_id).version == 4
    if "--eps" in arguments:
        assert asked.eps == 0.3


def test_an_error_without_a_reason_of_ours_is_told_too(run: Run, fake: FakeCatalog) -> None:
    fake.add_operation("x-1", metadata(pb.OPERATION_STATE_FAILED), error=Status(code=13, message="It broke."))
    finished = run("operations", "wait", "x-1")
    assert finished.exit_code == 1
    assert "It broke." in finished.err
