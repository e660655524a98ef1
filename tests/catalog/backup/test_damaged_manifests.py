"""Manifests of backups that are damaged, or made up: they are refused, and keep nobody from the others."""

import hashlib
import json
import shutil
from dataclasses import replace

import pytest

from services.catalog.backup.backup_folder import BACKUPS
from services.catalog.backup.making import FILE
from services.catalog.backup.manifest import NAME, KeptFile
from services.catalog.servicers.backup_message import backup_message
from services.common.errors import Reason
from tests.catalog.backup.backing import Backing, refused, rewrite


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{}",
        b"[1]",
        b'{"format": 1, "sha256": 3}',
        b"\xff\xfe",
        b'{"format": Infinity}',
        b'{"format": true}',
        b"[" * 200_000,
        b'{"format": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_a_damaged_manifest_is_listed_and_refused(kept: Backing, backup: str, damage: bytes) -> None:
    manifest = kept.folder / BACKUPS / backup / NAME
    manifest.write_bytes(damage)
    assert refused(kept, backup, "b") is Reason.BACKUP_DAMAGED
    (listed,) = kept.backups.list(limit=9).items
    assert (listed.id, listed.library, listed.content) == (backup, "", None)
    kept.backups.delete(backup)
    assert kept.backups.list(limit=9).items == ()


@pytest.mark.parametrize(
    "change",
    [
        {"library": "../../etc"}, {"library": 5}, {"library": None}, {"operation": 5}, {"albumen": "\ud800"},
        {"format": "1"}, {"format": 1.5}, {"row_count": "x"}, {"row_count": 1 << 31}, {"files": None},
        {"content": None}, {"content.time": "2026-01-01T00:00:00"}, {"content.time": "0001-01-01T00:00:00+14:00"},
        {"content.time": 5}, {"content.create_time": "9999-12-31T23:59:59-14:00"}, {"content.display_name": 5},
        {"content.display_name": "\ud800"}, {"content.display_name": "x" * 1_000_000}, {"content.schema": "15"},
        {"content.image_count": -1}, {"content.image_count": 1 << 40}, {"content.face_count": 1.5},
        {"content.album_count": None}, {"files.size_bytes": 1 << 70}, {"files.size_bytes": -5},
        {"files.size_bytes": "1"}, {"files.sha256": 5}, {"files.sha256": "0"}, {"files.name": 5},
    ],
    ids=str,
)  # fmt: skip
def test_a_manifest_with_a_right_digest_of_something_else_harms_no_other(
    kept: Backing, backup: str, change: dict[str, object]
) -> None:
    path = kept.folder / BACKUPS / backup / NAME
    sound = kept.back_up()
    values = json.loads(path.read_bytes())
    del values["sha256"]
    for key, value in change.items():
        where, _, name = key.rpartition(".")
        (values["files"][0] if where == "files" else values[where] if where else values)[name] = value
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    path.write_text(json.dumps(values | {"sha256": digest}))
    assert refused(kept, backup, "b") is Reason.BACKUP_DAMAGED
    listed = {record.id: backup_message(record) for record in kept.backups.list(limit=9).items}
    assert listed.keys() == {backup, sound}
    assert [listed[name].library for name in (backup, sound)] == ["", "libraries/a"]
    kept.backups.expire()
    kept.backups.delete(backup)


def test_a_manifest_that_says_something_else_is_damaged(kept: Backing, backup: str) -> None:
    manifest = kept.folder / BACKUPS / backup / NAME
    manifest.write_text(manifest.read_text().replace('"image_count": 12', '"image_count": 13'))
    assert refused(kept, backup, "b") is Reason.BACKUP_DAMAGED
    rewrite_files = [KeptFile("../../../libraries/a.duckdb", 1, "0" * 64)]
    folder = kept.folder / BACKUPS / backup
    shutil.copy(folder / FILE, folder / "other")
    manifest.write_text(manifest.read_text().replace('"image_count": 13', '"image_count": 12'))
    rewrite(kept, backup, lambda read: replace(read, files=tuple(rewrite_files)))
    assert refused(kept, backup, "b") is Reason.BACKUP_DAMAGED
