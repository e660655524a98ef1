"""A folder in which files appear, change, move, vanish and come back."""

import hashlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

from services.common.file_uri import uri_of
from torture.photos import ShownFace, make_photo

_PEOPLE: Final = 8
_PROTECTED_SHARE: Final = 0.3
_MOST_FILES: Final = 150
_PAUSE: Final = 0.02
_PARTS: Final = ("a", "b", "c d", "\u00fc%20", "\u65e5\u672c", "-x", "#1")
_JUNK: Final = (("note.txt", b"no photo"), ("broken.jpg", b"\xff\xd8\xff\xe0 no photo"), (".hidden.jpg", b"nothing"))


class Disk:
    """A folder, and the hands that change it; only one at a time does.

    Some of the photos are protected: they are moved, taken away and brought back, and nothing else. So whatever was
    said of them stays.

    Args:
        root: the folder; made if missing.
        generator: of all that is done.

    Attributes:
        root: see above.
        protected: SHA-256 of all photos that are protected, be they there or not.

    """

    def __init__(self, root: Path, generator: Random) -> None:
        self.root = root
        self.protected: list[str] = []
        self._generator = generator
        self._photos: dict[Path, str] = {}
        self._stash = root.with_name(f"{root.name}-stash")
        self._stashed: list[Path] = []
        self._count = 0
        root.mkdir(parents=True, exist_ok=True)
        self._stash.mkdir()

    def churn(self, ended: threading.Event) -> None:
        """Change something now and then, until `ended` is set."""
        while not ended.wait(self._generator.uniform(0, 2 * _PAUSE)):
            self.change()

    def change(self) -> None:
        """Change something."""
        full = len(self._photos) > _MOST_FILES
        weights = [weight * (not full or act not in (_add, _add_many)) for act, weight in _ACTS]
        (act,) = self._generator.choices([act for act, _ in _ACTS], weights)
        act(self)

    def hashes(self) -> dict[str, str]:
        """Return URI -> SHA-256 of the photos that are there."""
        return {uri_of(os.fsencode(path)): digest for path, digest in self._photos.items()}

    def go_away(self) -> Path:
        """Have the folder vanish as a whole; return where it is."""
        return self.root.rename(self.root.with_name(f"{self.root.name}-away"))

    def come_back(self) -> None:
        """Have it come back from there."""
        self.root.with_name(f"{self.root.name}-away").rename(self.root)

    def add(self) -> None:
        """Add a photo under a name that was never there."""
        content = self._new_photo()
        path = self._new_path()
        if self._generator.random() < 0.5:
            hidden = path.with_name(f".{self._count}.part")
            hidden.write_bytes(content)
            hidden.rename(path)
        else:
            with path.open("wb") as file:
                file.write(content[: len(content) // 2])
                file.flush()
                time.sleep(self._generator.uniform(0, _PAUSE))
                file.write(content[len(content) // 2 :])
        digest = self._photos[path] = hashlib.sha256(content).hexdigest()
        if self._generator.random() < _PROTECTED_SHARE:
            self.protected.append(digest)

    def overwrite(self) -> None:
        """Put other bytes in the place of a photo."""
        for path in self._some(1, free=True):
            content = self._new_photo()
            path.write_bytes(content)
            self._photos[path] = hashlib.sha256(content).hexdigest()

    def move(self) -> None:
        """Move a photo to a new name."""
        for path in self._some(1):
            self._rename(path, self._new_path())

    def exchange(self) -> None:
        """Have photos change names with others, in a ring."""
        paths = self._some(self._generator.randint(2, 4), free=True)
        if paths:
            aside = self.root / f".{self._count}.aside"
            digests = [self._photos[path] for path in paths]
            paths[-1].rename(aside)
            for source, target in zip(paths[-2::-1], paths[:0:-1], strict=True):
                source.rename(target)
            aside.rename(paths[0])
            self._photos |= dict(zip(paths, [digests[-1], *digests[:-1]], strict=True))

    def replace(self) -> None:
        """Move a photo over another."""
        paths = self._some(2, free=True)
        if paths:
            self._rename(*paths)

    def copy(self) -> None:
        """Make a second file of the same bytes."""
        for path in self._some(1, free=True):
            target = self._new_path()
            target.write_bytes(path.read_bytes())
            self._photos[target] = self._photos[path]

    def remove(self) -> None:
        """Remove a photo, or take it away to bring it back later."""
        for path in self._some(1):
            if self._photos[path] in self.protected or self._generator.random() < 0.5:
                stashed = self._stash / f"{self._count}-{self._generator.getrandbits(40)}.jpg"
                path.rename(stashed)
                self._stashed.append(stashed)
            else:
                path.unlink()
            del self._photos[path]

    def bring_back(self) -> None:
        """Bring back a photo that was taken away, under a new name."""
        if self._stashed:
            stashed = self._stashed.pop(self._generator.randrange(len(self._stashed)))
            target = self._new_path()
            stashed.rename(target)
            self._photos[target] = hashlib.sha256(target.read_bytes()).hexdigest()

    def touch(self) -> None:
        """Give a photo another time."""
        for path in self._some(1):
            path.touch()

    def litter(self) -> None:
        """Add a file that is no photo."""
        name, content = self._generator.choice(_JUNK)
        (self._new_path().parent / name).write_bytes(content)

    def move_folder(self) -> None:
        """Rename a folder with all that is in it."""
        folders = sorted({path.parent for path in self._photos if path.parent != self.root})
        if folders:
            source = self._generator.choice(folders)
            target = self.root / f"folder {self._count}"
            self._count += 1
            source.rename(target)
            self._photos = {
                target / path.relative_to(source) if path.is_relative_to(source) else path: digest
                for path, digest in self._photos.items()
            }

    def _some(self, count: int, *, free: bool = False) -> list[Path]:
        """Return some of the photos, if there are enough; free ones are not protected."""
        paths = sorted(path for path, digest in self._photos.items() if not free or digest not in self.protected)
        return self._generator.sample(paths, count) if len(paths) >= count else []

    def _rename(self, source: Path, target: Path) -> None:
        source.rename(target)
        self._photos[target] = self._photos.pop(source)

    def _new_path(self) -> Path:
        parts = [self._generator.choice(_PARTS) for _ in range(self._generator.choice((0, 0, 1, 1, 2, 3)))]
        folder = self.root.joinpath(*parts)
        folder.mkdir(parents=True, exist_ok=True)
        self._count += 1
        # Some names are no text.
        strange = os.fsdecode(b"caf\xe9") if self._generator.random() < 0.1 else self._generator.choice(_PARTS)
        return folder / f"{strange} {self._count}.{self._generator.choice(('jpg', 'JPG', 'jpeg'))}"

    def _new_photo(self) -> bytes:
        draw = self._generator
        faces = [
            ShownFace(draw.randrange(_PEOPLE), draw.choice((0.98, 0.94, 0.9)), 0.9, draw.getrandbits(32))
            for _ in range(draw.choice((0, 1, 1, 2)))
        ]
        return make_photo(f"disk-{draw.getrandbits(64)}", faces)


def _add(disk: Disk) -> None:
    disk.add()


def _add_many(disk: Disk) -> None:
    for _ in range(10):
        disk.add()


_ACTS: Final[tuple[tuple[Callable[[Disk], None], float], ...]] = (
    (_add, 6),
    (_add_many, 0.5),
    (Disk.overwrite, 2),
    (Disk.move, 3),
    (Disk.exchange, 1),
    (Disk.replace, 1),
    (Disk.copy, 1),
    (Disk.remove, 2),
    (Disk.bring_back, 2),
    (Disk.touch, 1),
    (Disk.litter, 0.5),
    (Disk.move_folder, 0.5),
)
