"""What folders are refused, and how requests for them are told apart."""

from pathlib import Path

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.rpc import code_pb2

from albumen.catalog.v1 import folder_service_pb2 as pb
from albumen.catalog.v1.folder_pb2 import Folder
from tests.catalog.asking import refusal
from tests.catalog.conftest import World, open_world
from tests.catalog.fake_vision import Script
from tests.catalog.servicers.foldering import UUID, create, disk, get, photos, world

__all__ = ["disk", "photos", "world"]


async def test_a_request_that_is_sent_again_creates_one_folder(world: World, photos: Path) -> None:
    request = pb.CreateFolderRequest(folder=Folder(root_uri=photos.as_uri()), request_id=UUID)
    made = (await world.folders.CreateFolder(request)).folder
    assert (await world.folders.CreateFolder(request)).folder == made
    request.folder.display_name = "Other"
    failure = await refusal(world.folders.CreateFolder(request))
    assert (failure.reason, failure.fields) == ("REQUEST_ID_REUSED", ["request_id"])


async def test_who_only_validates_creates_nothing(world: World, photos: Path) -> None:
    request = pb.CreateFolderRequest(folder=Folder(root_uri=photos.as_uri()), validate_only=True)
    assert ((await world.folders.CreateFolder(request)).folder.name) == ""
    assert not (await world.folders.ListFolders(pb.ListFoldersRequest())).folders


@pytest.mark.parametrize("other", ["photos", "photos/in", "."])
async def test_folders_do_not_overlap(world: World, disk: Path, other: str) -> None:
    (disk / "photos/in").mkdir()
    (disk / "photos_private").mkdir()
    made = await create(world, disk / "photos")
    failure = await refusal(create(world, (disk / other).resolve()))
    assert (failure.code, failure.reason) == (code_pb2.ALREADY_EXISTS, "FOLDER_OVERLAPS")
    assert failure.resources == [made.name]
    await create(world, disk / "photos_private")


async def test_a_library_has_only_so_many_folders(world: World, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.catalog.folders.writer.MAX_FOLDERS", 1)
    for name in ("a", "b"):
        (photos / name).mkdir()
    await create(world, photos / "a")
    failure = await refusal(create(world, photos / "b"))
    assert (failure.code, failure.reason) == (code_pb2.RESOURCE_EXHAUSTED, "TOO_MANY_FOLDERS")
    assert failure.infos[0].metadata["limit"] == "1"


@pytest.mark.parametrize("path", ["/etc", "/nowhere", "/root/secret", "outside", "disk/link"])
async def test_what_is_outside_of_the_allowed_folders_is_nobodys_business(
    world: World, tmp_path: Path, path: str
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "disk/link").symlink_to(tmp_path / "outside")
    failure = await refusal(create(world, tmp_path / path))
    assert (failure.code, failure.reason) == (code_pb2.FAILED_PRECONDITION, "FOLDER_FORBIDDEN")
    assert "ALBUMEN_CATALOG_FOLDER_ROOTS" in failure.message
    assert path not in failure.message


async def test_a_catalog_that_was_told_nothing_syncs_nothing(tmp_path: Path) -> None:
    async with open_world(tmp_path / "libraries", Script()) as world:
        failure = await refusal(create(world, tmp_path))
        assert failure.reason == "FOLDER_FORBIDDEN"


WRONG: list[tuple[dict[str, object], str, str]] = [
    ({"root_uri": ""}, "FOLDER_ROOT_INVALID", "folder.root_uri"),
    ({"root_uri": "/photos"}, "FOLDER_ROOT_INVALID", "folder.root_uri"),
    ({"root_uri": "file:///"}, "FOLDER_ROOT_INVALID", "folder.root_uri"),
    ({"root_uri": "file://nas/photos"}, "FOLDER_ROOT_INVALID", "folder.root_uri"),
    ({"root_uri": "file:///photos/../etc"}, "FOLDER_ROOT_INVALID", "folder.root_uri"),
    ({"root_uri": "file:///photos/%2e%2e/etc"}, "FOLDER_ROOT_INVALID", "folder.root_uri"),
    ({"root_uri": "https://example.org/photos"}, "FOLDER_ROOT_INVALID", "folder.root_uri"),
    ({"root_uri": "file:///" + "x" * 2_048}, "FOLDER_ROOT_INVALID", "folder.root_uri"),
    ({"display_name": "n" * 201}, "DISPLAY_NAME_TOO_LONG", "folder.display_name"),
    ({"display_name": "a\u202eb"}, "DISPLAY_NAME_INVALID", "folder.display_name"),
    ({"include_patterns": ["*.jpg", ""]}, "PATTERN_INVALID", "folder.include_patterns[1]"),
    ({"include_patterns": ["a\nb"]}, "PATTERN_INVALID", "folder.include_patterns[0]"),
    ({"exclude_patterns": ["\\"]}, "PATTERN_INVALID", "folder.exclude_patterns[0]"),
    ({"exclude_patterns": ["[[:wrong:]]"]}, "PATTERN_INVALID", "folder.exclude_patterns[0]"),
    ({"exclude_patterns": ["x" * 1_001]}, "PATTERN_INVALID", "folder.exclude_patterns[0]"),
    ({"exclude_patterns": ["x"] * 101}, "TOO_MANY_PATTERNS", "folder.exclude_patterns"),
    ({"trash_missing_days": -1}, "PARAMETER_OUT_OF_RANGE", "folder.trash_missing_days"),
    ({"trash_missing_days": 3_651}, "PARAMETER_OUT_OF_RANGE", "folder.trash_missing_days"),
]


@pytest.mark.parametrize(("fields", "reason", "field"), WRONG)
async def test_what_can_be_no_folder_is_refused(
    world: World, photos: Path, fields: dict[str, object], reason: str, field: str
) -> None:
    folder = Folder(**({"root_uri": photos.as_uri()} | fields))  # type: ignore[arg-type] # wrong on purpose
    failure = await refusal(world.folders.CreateFolder(pb.CreateFolderRequest(folder=folder)))
    assert (failure.code, failure.reason, failure.fields) == (code_pb2.INVALID_ARGUMENT, reason, [field])
    if "root_uri" not in fields:
        made = await create(world, photos)
        folder = Folder(name=made.name, **fields)  # type: ignore[arg-type] # likewise
        failure = await refusal(world.folders.UpdateFolder(pb.UpdateFolderRequest(folder=folder)))
        assert (failure.reason, failure.fields) == (reason, [field])
        assert await get(world, made) == made


async def test_wrong_names_pages_and_masks_are_refused(world: World) -> None:
    unknown = "libraries/default/folders/unknown"
    for call in (
        world.folders.GetFolder(pb.GetFolderRequest(name=unknown)),
        world.folders.UpdateFolder(pb.UpdateFolderRequest(folder=Folder(name=unknown, display_name="x"))),
        world.folders.DeleteFolder(pb.DeleteFolderRequest(name=unknown)),
        world.folders.SyncFolder(pb.SyncFolderRequest(name=unknown)),
    ):
        failure = await refusal(call)
        assert (failure.code, failure.reason) == (code_pb2.NOT_FOUND, "FOLDER_NOT_FOUND")
        assert (failure.resources, failure.resource_types) == ([unknown], ["albumen.internal/Folder"])
    page = pb.ListFoldersRequest(page_size=-1)
    assert (await refusal(world.folders.ListFolders(page))).reason == "PAGE_SIZE_INVALID"
    mask = pb.UpdateFolderRequest(folder=Folder(name=unknown), update_mask=FieldMask(paths=["root_uri"]))
    assert (await refusal(world.folders.UpdateFolder(mask))).reason == "UPDATE_MASK_INVALID"
