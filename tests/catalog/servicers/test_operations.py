"""Operations over the wire: begun, got, listed, waited for, cancelled, and gone on with after a restart."""

import asyncio
import json
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from uuid import uuid4

import grpc
import pytest
from google.longrunning import operations_pb2 as lro
from google.longrunning import operations_pb2_grpc as operations_grpc
from google.protobuf.empty_pb2 import Empty
from google.rpc import code_pb2

from albumen.catalog.v1 import library_service_pb2 as pb
from albumen.catalog.v1 import operation_pb2
from albumen.catalog.v1.event_service_pb2 import WatchLibraryRequest
from services.catalog.reclustering import Reclustering
from services.catalog.servicers.operation_message import RESPONSES
from services.catalog.stepped_run import SteppedRun
from services.catalog.watchers import Topic
from services.common.wire.channel import DIRECT
from tests.catalog.asking import refusal
from tests.catalog.conftest import World, open_world
from tests.catalog.fake_vision import Script
from tests.catalog.leasing import LONG, Gate
from tests.catalog.servicers.operating import LIBRARY_PATH, compact, failed, get, listed, metadata_of, wait
from tests.contract.descriptors import methods


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """At which each step of a run waits."""
    gate, advance = Gate(), SteppedRun.advance

    def slow(self: SteppedRun[object]) -> object:
        gate()
        return advance(self)

    monkeypatch.setattr(SteppedRun, "advance", slow)
    return gate


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set as soon as somebody waits for an operation."""
    waits, changed_since = asyncio.Event(), Topic.changed_since

    async def told(self: Topic, generation: int) -> None:
        waits.set()
        await changed_since(self, generation)

    monkeypatch.setattr(Topic, "changed_since", told)
    return waits


@pytest.fixture
def eager(tmp_path: Path) -> AbstractAsyncContextManager[World]:
    return open_world(tmp_path / "libraries", Script(), max_watchers=1)


async def test_a_compaction_goes_on_by_itself(world: World) -> None:
    await world.index(world.script.photo("anna"))
    begun = await compact(world)
    assert begun.name.startswith("libraries/default/operations/compaction-")
    done = await wait(world, begun.name)
    response = pb.StartCompactionResponse()
    assert done.response.Unpack(response)
    assert response.freed_bytes >= 0
    metadata = metadata_of(done)
    assert (metadata.kind, metadata.target) == ("compaction", "libraries/default")
    assert metadata.state == operation_pb2.OPERATION_STATE_SUCCEEDED
    assert metadata.done_count == metadata.total_count > 0
    assert metadata.unit == "rows"
    assert metadata.create_time.seconds <= metadata.start_time.seconds <= metadata.end_time.seconds
    assert metadata.attempt_count == 1
    assert await get(world, begun.name) == done


async def test_a_reclustering_changes_parameters_and_tells_who_moved(world: World) -> None:
    await world.index(world.script.photo("anna"))
    begun = await world.libraries.StartReclustering(pb.StartReclusteringRequest(eps=0.3, min_samples=3))
    done = await wait(world, begun.name)
    response = pb.StartReclusteringResponse()
    assert done.response.Unpack(response)
    assert response.moved_face_count == 0
    assert metadata_of(done).unit == "people and single faces"


def test_every_method_that_begins_an_operation_says_what_comes_of_it() -> None:
    starting = [method for method in methods() if method.proto.output_type == ".google.longrunning.Operation"]
    told = [method.option(lro.operation_info) for method in starting]
    assert {info.metadata_type for info in told} == {"OperationMetadata"}
    assert {info.response_type for info in told} == {kind.DESCRIPTOR.name for kind in RESPONSES.values()}


async def test_waiting_ends_with_the_timeout_or_shortly_before_the_deadline(world: World, gate: Gate) -> None:
    begun = await compact(world)
    assert await asyncio.to_thread(gate.reached.wait, LONG)
    for options in ({"seconds": 0}, {"seconds": 0.05}, {"timeout": 2}, {"seconds": LONG, "timeout": 2}):
        found = await wait(world, begun.name, **options)
        assert not found.done
        assert metadata_of(found).state == operation_pb2.OPERATION_STATE_RUNNING
    gate.open.set()
    assert (await wait(world, begun.name, timeout=LONG)).done


async def test_all_who_wait_are_told_at_once(world: World, gate: Gate) -> None:
    begun = await compact(world)
    waiting = [asyncio.ensure_future(wait(world, begun.name, LONG)) for _ in range(10)]
    assert await asyncio.to_thread(gate.reached.wait, LONG)
    gate.open.set()
    assert {found.done for found in await asyncio.gather(*waiting)} == {True}


async def test_more_who_wait_than_there_may_be_are_refused(
    eager: AbstractAsyncContextManager[World], gate: Gate
) -> None:
    async with eager as world:
        begun = await compact(world)
        watching = world.events.WatchLibrary(WatchLibraryRequest())
        await watching.read()
        failure = await refusal(wait(world, begun.name, LONG))
        assert (failure.code, failure.reason) == (code_pb2.RESOURCE_EXHAUSTED, "TOO_MANY_WATCHERS")
        assert failure.delays
        # Who need not wait needs no place. Its state stays as it is until the gate opens.
        assert await asyncio.to_thread(gate.reached.wait, LONG)
        assert await wait(world, begun.name, 0) == await get(world, begun.name)
        gate.open.set()


async def test_one_that_is_cancelled_is_done_with_that_error(world: World, gate: Gate) -> None:
    begun = await compact(world)
    assert await asyncio.to_thread(gate.reached.wait, LONG)
    for _ in range(2):
        await world.operations.CancelOperation(lro.CancelOperationRequest(name=begun.name))
    assert metadata_of(await get(world, begun.name)).state == operation_pb2.OPERATION_STATE_CANCELLING
    gate.open.set()
    failure = await failed(wait(world, begun.name))
    assert (failure.code, failure.reason) == (code_pb2.CANCELLED, "OPERATION_CANCELLED")
    assert (failure.resources, failure.resource_types) == ([begun.name], ["albumen.internal/Operation"])
    assert metadata_of(await get(world, begun.name)).state == operation_pb2.OPERATION_STATE_CANCELLED
    # What it held is given back.
    assert (await wait(world, (await compact(world)).name)).HasField("response")


async def test_one_at_a_time_and_two_of_different_kinds_or_libraries(world: World, gate: Gate) -> None:
    await world.libraries.CreateLibrary(pb.CreateLibraryRequest(library_id="b"))
    begun = await compact(world)
    failure = await refusal(compact(world))
    assert (failure.code, failure.reason) == (code_pb2.FAILED_PRECONDITION, "OPERATION_IN_PROGRESS")
    assert failure.resources == [begun.name]
    assert failure.infos[0].metadata["operation"] == begun.name
    others = [
        await compact(world, name="libraries/b"),
        await world.libraries.StartReclustering(pb.StartReclusteringRequest()),
    ]
    gate.open.set()
    for operation in (begun, *others):
        assert (await wait(world, operation.name)).HasField("response")


async def test_the_same_request_again_is_the_same_operation(world: World) -> None:
    request_id = str(uuid4())
    begun = await compact(world, request_id=request_id)
    assert (await compact(world, request_id=request_id)).name == begun.name
    await wait(world, begun.name)
    assert (await compact(world, request_id=request_id.upper())).name == begun.name
    other = pb.StartReclusteringRequest(request_id=request_id)
    failure = await refusal(world.libraries.StartReclustering(other))
    assert (failure.code, failure.reason) == (code_pb2.INVALID_ARGUMENT, "REQUEST_ID_REUSED")
    assert failure.fields == ["request_id"]


async def test_a_rehearsal_begins_nothing(world: World) -> None:
    rehearsed = await compact(world, validate_only=True)
    assert (rehearsed.name, rehearsed.done) == ("", False)
    assert await listed(world) == []
    failure = await refusal(compact(world, name=LIBRARY_PATH, validate_only=True))
    assert failure.reason == "LIBRARY_NOT_FOUND"


async def test_lists_have_pages_filters_and_all_libraries(world: World) -> None:
    await world.libraries.CreateLibrary(pb.CreateLibraryRequest(library_id="b"))
    names = []
    for library in ("default", "b", "default"):
        names.append((await compact(world, name=f"libraries/{library}")).name)
        await wait(world, names[-1])
    newest = names[::-1]
    assert await listed(world, name="libraries/-") == newest
    assert await listed(world) == await listed(world, name="libraries/default") == [newest[0], newest[2]]
    first = await world.operations.ListOperations(lro.ListOperationsRequest(name="libraries/-", page_size=2))
    assert [operation.name for operation in first.operations] == newest[:2]
    assert await listed(world, name="libraries/-", page_size=2, page_token=first.next_page_token) == newest[2:]
    failure = await refusal(listed(world, name="libraries/b", page_token=first.next_page_token))
    assert failure.reason == "PAGE_TOKEN_INVALID"
    for text, found in {
        "done = true": 3,
        "done:false": 0,
        "state = succeeded": 3,
        "state != SUCCEEDED": 0,
        "kind = compaction AND NOT done = false": 3,
        "kind = reclustering OR state = failed": 0,
        "-kind = reclustering": 3,
    }.items():
        assert len(await listed(world, name="libraries/-", filter=text)) == found, text


async def test_one_that_is_done_can_be_deleted_and_no_other(world: World, gate: Gate) -> None:
    begun = await compact(world)
    failure = await refusal(world.operations.DeleteOperation(lro.DeleteOperationRequest(name=begun.name)))
    assert (failure.code, failure.reason) == (code_pb2.FAILED_PRECONDITION, "OPERATION_NOT_DONE")
    gate.open.set()
    await wait(world, begun.name)
    await world.operations.DeleteOperation(lro.DeleteOperationRequest(name=begun.name))
    assert (await refusal(get(world, begun.name))).reason == "OPERATION_NOT_FOUND"


async def test_whoever_waits_while_the_library_is_erased_is_told(
    world: World, gate: Gate, waits: asyncio.Event
) -> None:
    await world.libraries.CreateLibrary(pb.CreateLibraryRequest(library_id="b"))
    begun = await compact(world, name="libraries/b")
    assert await asyncio.to_thread(gate.reached.wait, LONG)
    waiting = asyncio.ensure_future(refusal(wait(world, begun.name, LONG)))
    await waits.wait()
    # Whoever erases waits for the step under way.
    asyncio.get_running_loop().call_later(0.1, gate.open.set)
    await world.libraries.DeleteLibrary(pb.DeleteLibraryRequest(name="libraries/b"))
    assert (await waiting).reason == "OPERATION_NOT_FOUND"
    assert (await refusal(listed(world, name="libraries/b"))).reason == "LIBRARY_NOT_FOUND"


async def test_a_failure_is_told_as_the_call_itself_would_fail(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(Reclustering, "begin", fail)
    begun = await world.libraries.StartReclustering(pb.StartReclusteringRequest())
    failure = await failed(wait(world, begun.name))
    assert (failure.code, failure.reason) == (code_pb2.INTERNAL, "INTERNAL")
    assert "a fault of ours" not in failure.message


async def test_the_service_stops_and_starts_again_in_the_middle(
    tmp_path: Path, gate: Gate, waits: asyncio.Event
) -> None:
    folder = tmp_path / "libraries"
    async with AsyncExitStack() as outliving:
        async with open_world(folder, Script()) as world:
            begun = await compact(world)
            assert await asyncio.to_thread(gate.reached.wait, LONG)
            # The client that is shipped would try again.
            own = await outliving.enter_async_context(grpc.aio.insecure_channel(world.target, options=DIRECT))
            waiting = operations_grpc.OperationsStub(own).WaitOperation(lro.WaitOperationRequest(name=begun.name))
            refused = asyncio.ensure_future(refusal(waiting))
            await waits.wait()
            asyncio.get_running_loop().call_later(0.5, gate.open.set)
        assert (await refused).reason == "SHUTTING_DOWN"
    async with open_world(folder, Script()) as world:
        assert (await wait(world, begun.name)).HasField("response")


async def test_what_another_version_or_a_bad_disk_left_is_in_nobodys_way(tmp_path: Path) -> None:
    libraries = tmp_path / "libraries"
    async with open_world(libraries, Script()) as world:
        first = await wait(world, (await compact(world)).name)
    (file,) = libraries.glob("*.operations/*.json")
    kept = json.loads(file.read_bytes())
    file.with_name("later.json").write_text(json.dumps(kept | {"kind": "later", "result": {"what": 1}}))
    for name, content in (("deep", "[" * 200_000), ("number", json.dumps(kept | {"number": float("inf")}))):
        file.with_name(f"{name}.json").write_text(content)
    async with open_world(libraries, Script()) as world:
        names = [first.name.replace("compaction", "later"), first.name]
        found = {
            one.name: one for one in (await world.operations.ListOperations(lro.ListOperationsRequest())).operations
        }
        assert found.keys() == set(names)
        later = found[names[0]]
        assert (later.done, later.WhichOneof("result")) == (True, "response")
        assert later.response.Is(Empty.DESCRIPTOR)
        await world.operations.DeleteOperation(lro.DeleteOperationRequest(name=later.name))
