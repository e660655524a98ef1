"""What is mounted: where the system tells of changes, and when another disk has come to a place."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

_FILE: Final = Path("/proc/self/mountinfo")
_ESCAPE: Final = re.compile(r"\\([0-7]{3})")
# Others write to these disks, and the system is not told. What is mounted on demand is not to be kept awake.
_SILENT: Final = frozenset((
    "9p", "afs", "autofs", "beegfs", "ceph", "cifs", "coda", "davfs", "drvfs", "fuse", "gfs2", "glusterfs", "lustre",
    "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "pvfs2", "smb2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
))  # fmt: skip
_SILENT_PREFIX: Final = "fuse."
_MIN_FIELDS: Final = 5


class Mount(NamedTuple):
    """A file system at a place of the disk.

    Attributes:
        point: the place, absolute.
        kind: of file system, as the system calls it.
        device: that its files are said to be on.
        line: all that the system says of it.

    """

    point: str
    kind: str
    device: int
    line: str

    @property
    def is_silent(self) -> bool:
        """Whether others may change what is there without the system's knowing."""
        return self.kind in _SILENT or self.kind.startswith(_SILENT_PREFIX)


class Mounts:
    """What is mounted at one moment; nothing, where the system has no such list.

    Args:
        mounts: in the order in which they were mounted.

    """

    def __init__(self, mounts: Sequence[Mount]) -> None:
        self._mounts = mounts

    @classmethod
    def read(cls, file: Path = _FILE) -> "Mounts":
        """Return what is mounted now; asks no disk for anything."""
        try:
            text = file.read_bytes()
        except OSError:
            return cls(())
        lines = text.decode(errors="surrogateescape").splitlines()
        return cls([mount for line in lines if (mount := _mount(line)) is not None])

    def holding(self, path: str) -> Mount | None:
        """Return the mount that a path is on, as it is written; None if nobody knows."""
        found = None
        for mount in self._mounts:
            if _is_within(path, mount.point) and (found is None or len(mount.point) >= len(found.point)):
                found = mount
        return found

    def touching(self, path: str) -> tuple[str, ...]:
        """Return all that is said of what a path is on, and of what is mounted below it."""
        return tuple(
            mount.line for mount in self._mounts if _is_within(path, mount.point) or _is_within(mount.point, path)
        )

    def silent_at(self, path: str) -> str | None:
        """Return the kind of a silent file system that a path is on, or that is mounted below it; asks no disk."""
        below = [mount.point for mount in self._mounts if _is_within(mount.point, path)]
        found = (self.holding(place) for place in (path, *below))
        return next((mount.kind for mount in found if mount is not None and mount.is_silent), None)

    def silent_kind(self, device: int) -> str | None:
        """Return the kind of file system of a device whose changes others make; None if it is none of those."""
        return next((mount.kind for mount in self._mounts if mount.device == device and mount.is_silent), None)


def _mount(line: str) -> Mount | None:
    before, _, after = line.partition(" - ")
    fields, kind = before.split(" "), after.split(" ")[0]
    if len(fields) < _MIN_FIELDS or not kind:
        return None
    major, _, minor = fields[2].partition(":")
    if not (major.isdecimal() and minor.isdecimal()):
        return None
    point = _ESCAPE.sub(lambda match: chr(int(match[1], 8)), fields[4])
    return Mount(point, kind, os.makedev(int(major), int(minor)), line)


def _is_within(path: str, folder: str) -> bool:
    return f"{path}/".startswith(f"{folder.rstrip('/')}/")
