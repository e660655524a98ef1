"""What is mounted where, as Linux tells it."""

import os
from pathlib import Path

from services.catalog.following.mounts import Mounts

TABLE = r"""
20 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 20 0:40 / /mnt/my\040nas rw shared:2 master:3 - nfs4 nas:/photos rw
31 20 8:17 / /mnt/my rw - xfs /dev/sdb1 rw
32 20 0:50 / /photos rw - autofs systemd-1 rw
33 32 8:33 / /photos rw - ext4 /dev/sdc1 rw
34 20 0:60 / /sshfs rw - fuse.sshfs host:/ rw
no line of it
"""


def mounts(tmp_path: Path) -> Mounts:
    (tmp_path / "mountinfo").write_text(TABLE)
    return Mounts.read(tmp_path / "mountinfo")


def test_a_path_is_on_the_innermost_mount_and_there_on_the_last(tmp_path: Path) -> None:
    found = mounts(tmp_path)

    def kind(path: str) -> str:
        mount = found.holding(path)
        return "" if mount is None else mount.kind

    assert [kind(path) for path in ("/home", "/mnt/my nas/2024", "/mnt/my", "/mnt/mystery", "/photos/a", "/sshfs")] == [
        "ext4", "nfs4", "xfs", "ext4", "ext4", "fuse.sshfs",
    ]  # fmt: skip


def test_which_disks_do_not_tell(tmp_path: Path) -> None:
    found = mounts(tmp_path)
    assert found.silent_kind(os.makedev(0, 40)) == "nfs4"
    assert found.silent_kind(os.makedev(0, 60)) == "fuse.sshfs"
    assert found.silent_kind(os.makedev(8, 17)) is None
    assert found.silent_kind(12345) is None
    assert [found.silent_at(path) for path in ("/mnt", "/mnt/my nas/a", "/mnt/my", "/photos", "/sshfs")] == [
        "nfs4", "nfs4", None, None, "fuse.sshfs",
    ]  # fmt: skip


def test_what_is_mounted_above_and_below_tells_a_place_from_another(tmp_path: Path) -> None:
    found = mounts(tmp_path)
    assert [line[:2] for line in found.touching("/mnt")] == ["20", "30", "31"]
    assert [line[:2] for line in found.touching("/photos/2024")] == ["20", "32", "33"]


def test_where_there_is_no_list_nobody_knows(tmp_path: Path) -> None:
    found = Mounts.read(tmp_path / "none")
    assert (found.holding("/"), found.touching("/"), found.silent_kind(1)) == (None, (), None)
