"""`albumen backup`, `albumen export`, `albumen verify`, `albumen settings`."""

import json

import pytest
from google.longrunning.operations_pb2 import Operation
from google.protobuf.timestamp_pb2 import Timestamp

from albumen.catalog.v1 import backup_service_pb2 as pb
from albumen.catalog.v1.backup_pb2 import BACKUP_STATE_DAMAGED, BACKUP_STATE_READY, Backup
from services.common.errors import AlreadyExistsError, FailedPreconditionError, Reason
from services.common.wire.status import to_status
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog
from tests.clients.fake_state import PARENT

NAME = "backups/default-20260101-120000"


@pytest.fixture
def kept(fake: FakeCatalog) -> FakeCatalog:
    made = Timestamp(seconds=1_767_268_800)
    fake.state.backups = {
        NAME: Backup(
            name=NAME, library=PARENT, state=BACKUP_STATE_READY, create_time=made, size_bytes=12_300_000, image_count=7
        ),
        "backups/x": Backup(name="backups/x", state=BACKUP_STATE_DAMAGED, create_time=made),
    }
    return fake


def test_a_backup_is_made_and_its_id_printed(run: Run, fake: FakeCatalog) -> None:
    fake.state.backup_result = pb.BackupLibraryResponse(backup=NAME)
    finished = run("backup", "create")
    assert (finished.exit_code, finished.out) == (0, "default-20260101-120000\n")
    (request,) = fake.state.backup_calls
    assert isinstance(request, pb.BackupLibraryRequest)
    assert (request.name, len(request.request_id)) == (PARENT, 36)
    assert run("backup", "create", "--detach").out == "1\n"


def test_one_that_fails_says_why(run: Run, fake: FakeCatalog) -> None:
    error = FailedPreconditionError(Reason.BACKUP_DAMAGED, "What was read back is not what was written.")
    fake.state.backup_result = Operation(error=to_status(error))
    finished = run("backup", "create")
    assert finished.exit_code == 1
    assert "not what was written" in finished.err
    fake.state.backup_result = None
    finished = run("backup", "create")
    assert "It is a setting of the catalog" in finished.err
    there = AlreadyExistsError(Reason.LIBRARY_EXISTS, "Library 'default' exists already.", resource=PARENT)
    fake.state.backup_result = Operation(error=to_status(there))
    assert "`albumen backup restore` takes another id as --as ID." in run("backup", "restore", NAME).err


def test_backups_are_listed(run: Run, kept: FakeCatalog) -> None:
    finished = run("backup", "list")
    assert "default-20260101-120000" in finished.out
    assert "12.3 MB" in finished.out
    assert "damaged" not in finished.out
    assert "damaged" in run("backup", "list", "--all-libraries").out
    assert json.loads(run("backup", "list", "--json").out)["name"] == NAME
    assert "There are more" in run("backup", "list", "--all-libraries", "--limit", "1").out
    kept.state.backups.clear()
    assert "There are no backups." in run("backup", "list").out


def test_a_backup_is_restored_under_its_name_or_another(run: Run, fake: FakeCatalog) -> None:
    fake.state.backup_result = pb.RestoreLibraryResponse(library="libraries/again")
    finished = run("backup", "restore", "default-20260101-120000", "--as", "again")
    assert (finished.exit_code, finished.out) == (0, "Restored as library again.\n")
    (request,) = fake.state.backup_calls
    assert isinstance(request, pb.RestoreLibraryRequest)
    assert (request.backup, request.library_id) == (NAME, "again")


def test_a_backup_is_deleted_once_somebody_agrees(run: Run, kept: FakeCatalog) -> None:
    finished = run("backup", "delete", NAME)
    assert finished.exit_code == 1
    assert "Nobody is here to agree" in finished.err
    assert "Would delete" in run("backup", "delete", NAME, "--dry-run").out
    assert NAME in kept.state.backups
    assert "Deleted the backup of" in run("backup", "delete", NAME, "--yes").out
    assert NAME not in kept.state.backups
    assert run("backup", "delete", NAME, "--yes").exit_code == 1


def test_an_export_tells_its_folder(run: Run, fake: FakeCatalog) -> None:
    fake.state.backup_result = pb.ExportLibraryResponse(folder="exports/a", row_count=1234, size_bytes=5_000_000)
    finished = run("export", "--embeddings")
    assert (finished.exit_code, finished.out) == (0, "exports/a\n")
    assert "1,234 rows" in finished.err
    (request,) = fake.state.backup_calls
    assert isinstance(request, pb.ExportLibraryRequest)
    assert (request.include_embeddings, request.include_pictures) == (True, False)


def test_faults_are_told_and_end_with_another_exit_code(run: Run, fake: FakeCatalog) -> None:
    fake.state.backup_result = pb.VerifyLibraryResponse(check_count=22)
    finished = run("verify")
    assert (finished.exit_code, "22 kinds" in finished.out) == (0, True)
    notice = pb.Finding(kind="PEOPLE_DIFFER", severity=pb.FINDING_SEVERITY_NOTICE, fault_count=2, description="People.")
    fake.state.backup_result = pb.VerifyLibraryResponse(findings=[notice], check_count=22)
    assert run("verify").exit_code == 0
    fault = pb.Finding(
        kind="FACE_WITHOUT_IMAGE", severity=pb.FINDING_SEVERITY_ERROR, fault_count=3, examples=[f"{PARENT}/faces/1"],
        description="A face is of an image that is not there.", advice="Restore a backup.",
    )  # fmt: skip
    fake.state.backup_result = pb.VerifyLibraryResponse(findings=[notice, fault], check_count=22)
    finished = run("verify", "--skip-people")
    assert finished.exit_code == 1
    assert "error FACE_WITHOUT_IMAGE, 3 times: A face is of an image that is not there." in finished.out
    assert f"{PARENT}/faces/1" in finished.out
    assert "Restore a backup." in finished.out
    assert len(json.loads(run("verify", "--json").out)["findings"]) == 2


def test_settings_are_shown_and_changed(run: Run, fake: FakeCatalog) -> None:
    assert "min samples" in run("settings").out
    finished = run("settings", "--name", "Family", "--eps", "0.3", "--min-quality", "0")
    assert finished.exit_code == 0
    assert "Family" in finished.out
    (request,) = fake.state.library_updates
    assert list(request.update_mask.paths) == ["clustering.eps", "clustering.min_quality", "display_name"]
    assert (request.library.name, request.library.clustering.eps) == (PARENT, 0.3)
    assert json.loads(run("settings", "--json").out)["name"] == PARENT
