"""Calls of BackupService, and the operations that they begin."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from google.longrunning.operations_pb2 import GetOperationRequest, Operation, WaitOperationRequest
from google.protobuf.message import Message

from albumen.catalog.v1 import backup_pb2
from albumen.catalog.v1 import backup_service_pb2 as pb
from albumen.catalog.v1 import library_service_pb2 as library_pb
from albumen.catalog.v1.operation_pb2 import OperationMetadata
from services.common.wire.status import from_status
from tests.catalog.asking import refusal
from tests.catalog.conftest import World, open_world
from tests.catalog.fake_vision import Script

NO_BACKUP = "backups/none"


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[World]:
    """A catalog with a folder for backups."""
    (tmp_path / "kept").mkdir()
    async with open_world(tmp_path / "libraries", Script(), backup_dir=tmp_path / "kept", backup_newest=2) as world:
        yield world


async def done(world: World, operation: Operation) -> Operation:
    assert operation.name
    finished = await world.operations.WaitOperation(WaitOperationRequest(name=operation.name), timeout=60)
    assert finished.done
    return finished


async def response(world: World, operation: Operation, kind: type[Message]) -> Any:
    finished = await done(world, operation)
    assert finished.HasField("response"), finished.error
    message = kind()
    assert finished.response.Unpack(message)
    return message


async def back_up(world: World, library: str = "") -> str:
    operation = await world.backups.BackupLibrary(pb.BackupLibraryRequest(name=library))
    made: pb.BackupLibraryResponse = await response(world, operation, pb.BackupLibraryResponse)
    return made.backup


async def test_a_library_is_backed_up_and_restored_under_another_name(kept: World) -> None:
    photo = await kept.index(kept.script.photo("anna"))
    name = await back_up(kept)
    backup = (await kept.backups.GetBackup(pb.GetBackupRequest(name=name))).backup
    assert (backup.library, backup.state) == ("libraries/default", backup_pb2.BACKUP_STATE_READY)
    assert (backup.image_count, backup.face_count) == (1, 1)
    assert backup.size_bytes > 0
    assert backup.albumen_version == "0.1.0"
    assert not backup.HasField("expire_time")
    operation = await kept.backups.RestoreLibrary(pb.RestoreLibraryRequest(backup=name, library_id="again"))
    metadata = OperationMetadata()
    operation.metadata.Unpack(metadata)
    assert (metadata.kind, metadata.target) == ("restore", "libraries/again")
    restored = await response(kept, operation, pb.RestoreLibraryResponse)
    assert restored.library == "libraries/again"
    library = (await kept.libraries.GetLibrary(library_pb.GetLibraryRequest(name=restored.library))).library
    assert library.image_count == 1
    assert photo.name.startswith("libraries/default/")


async def test_backups_are_listed_the_newest_first_and_the_oldest_goes(kept: World) -> None:
    names = [await back_up(kept) for _ in range(3)]
    listed = await kept.backups.ListBackups(pb.ListBackupsRequest(page_size=1))
    assert [backup.name for backup in listed.backups] == [names[2]]
    rest = await kept.backups.ListBackups(pb.ListBackupsRequest(page_size=1, page_token=listed.next_page_token))
    assert [backup.name for backup in rest.backups] == [names[1]]
    assert rest.next_page_token == ""
    other = await kept.backups.ListBackups(pb.ListBackupsRequest(library="libraries/other"))
    assert list(other.backups) == []


async def test_a_backup_outlives_its_library_and_is_deleted_by_itself(kept: World) -> None:
    await kept.libraries.CreateLibrary(library_pb.CreateLibraryRequest(library_id="a"))
    name = await back_up(kept, "libraries/a")
    await kept.libraries.DeleteLibrary(library_pb.DeleteLibraryRequest(name="libraries/a", force=True))
    checked = await kept.backups.DeleteBackup(pb.DeleteBackupRequest(name=name, validate_only=True))
    assert checked.backup.name == name
    operation = await kept.backups.RestoreLibrary(pb.RestoreLibraryRequest(backup=name))
    assert (await response(kept, operation, pb.RestoreLibraryResponse)).library == "libraries/a"
    await kept.backups.DeleteBackup(pb.DeleteBackupRequest(name=name))
    failure = await refusal(kept.backups.DeleteBackup(pb.DeleteBackupRequest(name=name)))
    assert (failure.code, failure.reason, failure.resource_types) == (
        5,
        "BACKUP_NOT_FOUND",
        ["albumen.internal/Backup"],
    )


async def test_the_same_request_again_is_the_same_operation(kept: World) -> None:
    request = pb.BackupLibraryRequest(request_id=str(uuid.uuid4()))
    first = await done(kept, await kept.backups.BackupLibrary(request))
    assert (await kept.backups.BackupLibrary(request)).name == first.name
    made = pb.BackupLibraryResponse()
    first.response.Unpack(made)
    restoring = pb.RestoreLibraryRequest(backup=made.backup, library_id="b", request_id=str(uuid.uuid4()))
    second = await done(kept, await kept.backups.RestoreLibrary(restoring))
    assert (await kept.backups.RestoreLibrary(restoring)).name == second.name
    failure = await refusal(kept.backups.RestoreLibrary(pb.RestoreLibraryRequest(backup=made.backup, library_id="b")))
    assert (failure.code, failure.reason) == (6, "LIBRARY_EXISTS")


async def test_only_a_check_begins_nothing(kept: World) -> None:
    checked = await kept.backups.BackupLibrary(pb.BackupLibraryRequest(validate_only=True))
    assert checked.name == ""
    name = await back_up(kept)
    await kept.backups.RestoreLibrary(pb.RestoreLibraryRequest(backup=name, library_id="b", validate_only=True))
    failure = await refusal(kept.libraries.GetLibrary(library_pb.GetLibraryRequest(name="libraries/b")))
    assert failure.reason == "LIBRARY_NOT_FOUND"
    assert len((await kept.backups.ListBackups(pb.ListBackupsRequest())).backups) == 1


async def test_an_export_is_opened_by_a_database(kept: World, tmp_path: Path) -> None:
    await kept.index(kept.script.photo("anna"))
    operation = await kept.backups.ExportLibrary(pb.ExportLibraryRequest(include_embeddings=True))
    made: pb.ExportLibraryResponse = await response(kept, operation, pb.ExportLibraryResponse)
    folder = tmp_path / "kept" / made.folder
    with duckdb.connect() as connection:
        rows = connection.sql(f"SELECT octet_length(embedding) FROM '{folder}/faces/*.parquet'").fetchall()  # noqa: S608
    assert rows == [(2048,)]
    assert made.size_bytes == sum(file.stat().st_size for file in folder.rglob("*.parquet"))
    assert made.row_count > 3


async def test_a_sound_library_has_no_findings(kept: World) -> None:
    await kept.index(kept.script.photo("anna"))
    operation = await kept.backups.VerifyLibrary(pb.VerifyLibraryRequest())
    found: pb.VerifyLibraryResponse = await response(kept, operation, pb.VerifyLibraryResponse)
    assert list(found.findings) == []
    assert found.check_count > 10


async def test_findings_are_sent(tmp_path: Path) -> None:
    async with open_world(tmp_path / "libraries", Script()) as world:
        await world.index(world.script.photo("anna"))
    with duckdb.connect(tmp_path / "libraries" / "default.duckdb") as connection:
        connection.execute("UPDATE face SET image_id = 99")
    async with open_world(tmp_path / "libraries", Script()) as world:
        operation = await world.backups.VerifyLibrary(pb.VerifyLibraryRequest(skip_people=True))
        found: pb.VerifyLibraryResponse = await response(world, operation, pb.VerifyLibraryResponse)
    (fault,) = [one for one in found.findings if one.kind == "FACE_WITHOUT_IMAGE"]
    assert (fault.severity, fault.fault_count) == (pb.FINDING_SEVERITY_ERROR, 1)
    assert list(fault.examples) == ["libraries/default/faces/1"]
    assert fault.advice


async def test_a_damaged_backup_fails_the_operation(kept: World, tmp_path: Path) -> None:
    name = await back_up(kept)
    file = tmp_path / "kept" / name / "library.duckdb"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    operation = await kept.backups.RestoreLibrary(pb.RestoreLibraryRequest(backup=name, library_id="b"))
    finished = await done(kept, operation)
    assert str(from_status(finished.error).reason) == "BACKUP_DAMAGED"
    again = await kept.operations.GetOperation(GetOperationRequest(name=operation.name))
    assert again.error == finished.error
    (file.parent / "manifest.json").unlink()
    failure = await refusal(kept.backups.RestoreLibrary(pb.RestoreLibraryRequest(backup=name, library_id="b")))
    assert (failure.code, failure.reason) == (9, "BACKUP_DAMAGED")
    backup = (await kept.backups.GetBackup(pb.GetBackupRequest(name=name))).backup
    assert backup.state == backup_pb2.BACKUP_STATE_DAMAGED


@pytest.mark.parametrize(
    ("method", "request_", "code", "reason"),
    [
        ("BackupLibrary", pb.BackupLibraryRequest(name="default"), 3, "RESOURCE_NAME_INVALID"),
        ("BackupLibrary", pb.BackupLibraryRequest(name="libraries/none"), 5, "LIBRARY_NOT_FOUND"),
        ("BackupLibrary", pb.BackupLibraryRequest(request_id="x"), 3, "REQUEST_ID_INVALID"),
        ("ExportLibrary", pb.ExportLibraryRequest(name="libraries/none"), 5, "LIBRARY_NOT_FOUND"),
        ("VerifyLibrary", pb.VerifyLibraryRequest(name="libraries/none"), 5, "LIBRARY_NOT_FOUND"),
        ("GetBackup", pb.GetBackupRequest(), 3, "RESOURCE_NAME_INVALID"),
        ("GetBackup", pb.GetBackupRequest(name="backups/a/b"), 3, "RESOURCE_NAME_INVALID"),
        ("GetBackup", pb.GetBackupRequest(name="backups/.."), 5, "BACKUP_NOT_FOUND"),
        ("GetBackup", pb.GetBackupRequest(name=NO_BACKUP), 5, "BACKUP_NOT_FOUND"),
        ("DeleteBackup", pb.DeleteBackupRequest(name=NO_BACKUP), 5, "BACKUP_NOT_FOUND"),
        ("ListBackups", pb.ListBackupsRequest(library="x"), 3, "RESOURCE_NAME_INVALID"),
        ("ListBackups", pb.ListBackupsRequest(page_size=-1), 3, "PAGE_SIZE_INVALID"),
        (
            "ListBackups",
            pb.ListBackupsRequest(page_token="x"),  # noqa: S106
            3,
            "PAGE_TOKEN_INVALID",
        ),
        ("RestoreLibrary", pb.RestoreLibraryRequest(backup="none"), 3, "RESOURCE_NAME_INVALID"),
        ("RestoreLibrary", pb.RestoreLibraryRequest(backup=NO_BACKUP), 5, "BACKUP_NOT_FOUND"),
        ("RestoreLibrary", pb.RestoreLibraryRequest(backup=NO_BACKUP, library_id="A"), 3, "LIBRARY_ID_INVALID"),
    ],
)
async def test_wrong_requests_are_refused(kept: World, method: str, request_: Message, code: int, reason: str) -> None:
    failure = await refusal(getattr(kept.backups, method)(request_))
    assert (failure.code, failure.reason) == (code, reason)
    assert len((await kept.libraries.ListLibraries(library_pb.ListLibrariesRequest())).libraries) == 1


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("BackupLibrary", pb.BackupLibraryRequest()),
        ("ExportLibrary", pb.ExportLibraryRequest()),
        ("GetBackup", pb.GetBackupRequest(name=NO_BACKUP)),
        ("ListBackups", pb.ListBackupsRequest()),
        ("DeleteBackup", pb.DeleteBackupRequest(name=NO_BACKUP)),
        ("RestoreLibrary", pb.RestoreLibraryRequest(backup=NO_BACKUP, library_id="b")),
    ],
)
async def test_without_a_folder_calls_say_what_to_set(world: World, method: str, request_: Message) -> None:
    failure = await refusal(getattr(world.backups, method)(request_))
    assert (failure.code, failure.reason) == (9, "BACKUPS_OFF")
    assert "ALBUMEN_CATALOG_BACKUP_DIR" in failure.message


async def test_a_drive_that_is_gone_is_told_without_its_path(kept: World, tmp_path: Path) -> None:
    (tmp_path / "kept").rename(tmp_path / "gone")
    failure = await refusal(kept.backups.BackupLibrary(pb.BackupLibraryRequest()))
    assert (failure.code, failure.reason) == (14, "BACKUPS_UNAVAILABLE")
    assert str(tmp_path) not in failure.message
    (tmp_path / "gone").rename(tmp_path / "kept")
    await back_up(kept)
