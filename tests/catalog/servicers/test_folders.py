"""Folders over the wire: created, listed, changed, deleted and synced."""

import asyncio
from pathlib import Path

import pytest
from google.longrunning import operations_pb2
from google.protobuf.field_mask_pb2 import FieldMask
from google.rpc import code_pb2

from albumen.catalog.v1 import event_pb2, folder_pb2
from albumen.catalog.v1 import event_service_pb2 as events_pb
from albumen.catalog.v1 import folder_service_pb2 as pb
from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import picture_service_pb2 as picture_pb
from albumen.catalog.v1.folder_pb2 import Folder
from albumen.catalog.v1.library_service_pb2 import DeleteLibraryRequest
from albumen.catalog.v1.operation_pb2 import OperationMetadata
from services.common.wire.status import from_status
from tests.catalog.asking import people, person_of, refusal
from tests.catalog.conftest import World
from tests.catalog.servicers.foldering import UUID, begin, counted, create, disk, ended, get, photos, sync, world

__all__ = ["disk", "photos", "world"]


async def test_a_folder_is_what_was_said_of_it(world: World, photos: Path) -> None:
    made = await create(
        world, photos, "  Our   photos ", include_patterns=["*.jpg"], exclude_patterns=["raw/"], trash_missing_days=30
    )
    assert (made.display_name, made.root_uri) == ("Our photos", photos.as_uri())
    assert (list(made.include_patterns), list(made.exclude_patterns)) == (["*.jpg"], ["raw/"])
    assert (made.trash_missing_days, made.HasField("last_sync")) == (30, False)
    assert made.create_time == made.update_time
    assert await get(world, made) == made
    assert list((await world.folders.ListFolders(pb.ListFoldersRequest())).folders) == [made]
    mask = FieldMask(paths=["root_uri"])
    (only,) = (await world.folders.ListFolders(pb.ListFoldersRequest(read_mask=mask))).folders
    assert only == Folder(root_uri=made.root_uri)


async def test_a_folder_without_a_name_is_called_as_it_is_on_disk(world: World, photos: Path) -> None:
    made = (
        await world.folders.CreateFolder(pb.CreateFolderRequest(folder=Folder(root_uri=photos.as_uri() + "/")))
    ).folder
    assert (made.display_name, made.root_uri) == ("photos", photos.as_uri())


async def test_folders_are_listed_by_name_in_pages(world: World, photos: Path) -> None:
    for name in ("b", "A", "c"):
        (photos / name).mkdir()
        await create(world, photos / name, name)
    names, token = [], ""
    for _ in range(3):
        page = await world.folders.ListFolders(pb.ListFoldersRequest(page_size=1, page_token=token))
        names += [folder.display_name for folder in page.folders]
        token = page.next_page_token
    assert (names, token) == (["A", "b", "c"], "")


async def test_photos_are_indexed_and_their_people_found(world: World, photos: Path) -> None:
    for number in range(3):
        (photos / f"{number}.png").write_bytes(world.script.photo("anna"))
    (photos / "bad.png").write_bytes(b"no photo")
    made = await create(world, photos)
    assert await sync(world, made) == {"file": 4, "added": 3, "failed": 1}
    (anna,) = await people(world)
    assert anna.face_count == 3
    now = (await get(world, made)).last_sync
    assert now.state == folder_pb2.FOLDER_SYNC_STATE_SUCCEEDED
    assert counted(now.counts) == {"file": 4, "added": 3, "failed": 1}
    (failure,) = now.failures
    assert failure.uri == made.root_uri + "/bad.png"
    assert from_status(failure.error).reason == "IMAGE_FORMAT_UNSUPPORTED"
    assert now.start_time.ToNanoseconds() <= now.end_time.ToNanoseconds()
    assert (await get(world, made)).etag == made.etag
    # The catalog reads originals where it syncs folders.
    (image, *_) = (await world.images.ListImages(image_pb.ListImagesRequest())).images
    call = world.pictures.GetImageContent(picture_pb.GetImageContentRequest(name=image.name))
    assert b"".join([part.content async for part in call]) == (photos / image.file_name).read_bytes()
    detections = world.script.detections
    assert await sync(world, made) == {"file": 4, "unchanged": 3, "failed": 1}
    assert world.script.detections == detections


async def test_a_missing_photo_keeps_its_people_and_is_back_with_its_file(world: World, disk: Path) -> None:
    photos = disk / "photos"
    anna = await person_of(world, "anna", display_name="Anna")
    (photos / "anna.png").write_bytes(world.script.photo("anna"))
    (photos / "other.png").write_bytes(world.script.photo())
    made = await create(world, photos)
    await sync(world, made)
    (photos / "anna.png").rename(disk / "anna.png")
    assert await sync(world, made) == {"file": 1, "unchanged": 1, "missing": 1}
    (missing,) = (await world.images.ListSources(image_pb.ListSourcesRequest(missing_only=True))).sources
    assert missing.uri == made.root_uri + "/anna.png"
    assert missing.HasField("missing_time")
    (now,) = await people(world)
    assert (now.name, now.display_name, now.face_count) == (anna.name, "Anna", 3)
    (disk / "anna.png").rename(photos / "anna.png")
    assert await sync(world, made) == {"file": 2, "unchanged": 2, "returned": 1}
    assert not (await world.images.ListSources(image_pb.ListSourcesRequest(missing_only=True))).sources


async def test_a_sync_that_can_not_be_fails_with_its_reason(world: World, photos: Path) -> None:
    (photos / "a.png").write_bytes(world.script.photo())
    made = await create(world, photos)
    await sync(world, made)
    (photos / "a.png").unlink()
    operation = await ended(world, await begin(world, made))
    error = from_status(operation.error)
    assert (operation.error.code, error.reason) == (code_pb2.FAILED_PRECONDITION, "FOLDER_EMPTY")
    assert error.resource == made.name
    now = (await get(world, made)).last_sync
    assert now.state == folder_pb2.FOLDER_SYNC_STATE_FAILED
    assert from_status(now.error).reason == "FOLDER_EMPTY"
    assert await sync(world, made, even_if_empty=True) == {"missing": 1}
    await asyncio.to_thread(photos.rmdir)
    operation = await ended(world, await begin(world, made, even_if_empty=True))
    assert from_status(operation.error).reason == "FOLDER_UNAVAILABLE"


async def test_a_detector_that_is_away_fails_the_sync_and_not_the_photos(
    world: World, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.catalog.syncing.feed._PATIENCE_SECONDS", 0.1)
    (photos / "a.png").write_bytes(world.script.photo())
    made = await create(world, photos)
    await world.detector.stop(None)
    operation = await ended(world, await begin(world, made))
    assert from_status(operation.error).reason == "DETECTOR_UNAVAILABLE"
    now = (await get(world, made)).last_sync
    assert (now.state, now.counts.failed_count) == (folder_pb2.FOLDER_SYNC_STATE_FAILED, 0)


async def test_an_operation_says_what_it_syncs_and_is_there_once(
    world: World, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.catalog.syncing.run._LOOKED_AT_ONCE", 1)
    for number in range(200):
        (photos / f"{number}.txt").touch()
    made = await create(world, photos)
    validated = await begin(world, made, validate_only=True)
    assert (validated.name, validated.done) == ("", False)
    operation = await begin(world, made, request_id=UUID)
    metadata = OperationMetadata()
    assert operation.metadata.Unpack(metadata)
    assert (metadata.kind, metadata.target) == ("folder-sync", made.name)
    assert (await begin(world, made, request_id=UUID)).name == operation.name
    failure = await refusal(begin(world, made, verify=True, request_id=UUID))
    assert failure.reason == "REQUEST_ID_REUSED"
    await ended(world, operation)
    assert (await get(world, made)).last_sync.operation == operation.name


async def test_a_sync_is_cancelled_and_the_next_one_does_the_rest(world: World, photos: Path) -> None:
    for number in range(30):
        (photos / f"{number}.png").write_bytes(world.script.photo())
    made = await create(world, photos)
    operation = await begin(world, made)
    failure = await refusal(begin(world, made))
    assert (failure.code, failure.reason) == (code_pb2.FAILED_PRECONDITION, "OPERATION_IN_PROGRESS")
    await world.operations.CancelOperation(operations_pb2.CancelOperationRequest(name=operation.name))
    cancelled = await ended(world, operation)
    assert cancelled.error.code == code_pb2.CANCELLED
    assert (await get(world, made)).last_sync.state == folder_pb2.FOLDER_SYNC_STATE_STOPPED
    counts = await sync(world, made)
    assert counts["file"] == counts["added"] + counts.get("unchanged", 0) == 30
    # Those that were on their way when it was cancelled may be seen twice.
    assert 30 <= world.script.detections <= 32


async def test_a_folder_that_changes_is_told_to_who_watches(world: World, photos: Path) -> None:
    start = (await world.events.ListEvents(events_pb.ListEventsRequest())).latest_resume_token
    (photos / "a.png").write_bytes(world.script.photo())
    made = await create(world, photos)
    await sync(world, made)
    request = events_pb.ListEventsRequest(resume_token=start)
    events = (await world.events.ListEvents(request)).events
    told = {(event.change, event.resource) for event in events if event.resource_kind == event_pb2.RESOURCE_KIND_FOLDER}
    assert told == {(event_pb2.CHANGE_KIND_CREATED, made.name)}
    await world.folders.DeleteFolder(pb.DeleteFolderRequest(name=made.name))
    events = (await world.events.ListEvents(request)).events
    told = {(event.change, event.resource) for event in events if event.resource_kind == event_pb2.RESOURCE_KIND_FOLDER}
    assert told == {(event_pb2.CHANGE_KIND_DELETED, made.name)}


async def test_a_folder_is_changed_and_only_as_it_was(world: World, photos: Path) -> None:
    made = await create(world, photos, "Photos", exclude_patterns=["a"])
    folder = Folder(name=made.name, display_name="Pictures", trash_missing_days=3, etag=made.etag)
    changed = (await world.folders.UpdateFolder(pb.UpdateFolderRequest(folder=folder))).folder
    assert (changed.display_name, changed.trash_missing_days, list(changed.exclude_patterns)) == ("Pictures", 3, ["a"])
    assert changed.etag != made.etag
    failure = await refusal(world.folders.UpdateFolder(pb.UpdateFolderRequest(folder=folder)))
    assert (failure.reason, failure.resources) == ("ETAG_MISMATCH", [made.name])
    empty = pb.UpdateFolderRequest(folder=Folder(name=made.name), update_mask=FieldMask(paths=["exclude_patterns"]))
    now = (await world.folders.UpdateFolder(empty)).folder
    assert (list(now.exclude_patterns), now.display_name) == ([], "Pictures")
    assert (await world.folders.UpdateFolder(empty)).folder == now


async def test_a_folder_is_deleted_and_its_photos_stay(world: World, photos: Path) -> None:
    (photos / "a.png").write_bytes(world.script.photo())
    made = await create(world, photos)
    await sync(world, made)
    now = await get(world, made)
    request = pb.DeleteFolderRequest(name=made.name, validate_only=True)
    assert (await world.folders.DeleteFolder(request)).folder == now
    failure = await refusal(world.folders.DeleteFolder(pb.DeleteFolderRequest(name=made.name, etag="stale")))
    assert failure.reason == "ETAG_MISMATCH"
    assert (await world.folders.DeleteFolder(pb.DeleteFolderRequest(name=made.name, etag=now.etag))).folder == now
    assert (await refusal(get(world, made))).reason == "FOLDER_NOT_FOUND"
    assert (await refusal(begin(world, made))).reason == "FOLDER_NOT_FOUND"
    assert len((await world.images.ListImages(image_pb.ListImagesRequest())).images) == 1
    # What is there again is known.
    assert await sync(world, await create(world, photos)) == {"file": 1, "unchanged": 1}


async def test_a_library_that_is_erased_takes_its_folders_along(world: World, photos: Path) -> None:
    (photos / "a.png").write_bytes(world.script.photo())
    made = await create(world, photos)
    await sync(world, made)
    await world.libraries.DeleteLibrary(DeleteLibraryRequest(name="libraries/default", force=True))
    assert not (await world.folders.ListFolders(pb.ListFoldersRequest())).folders
