"""What becomes of files whose bytes are known: which were moved, copied, touched, or took the place of others."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from services.catalog.folder_record import SyncCounts
from services.catalog.folders.comparison import Differing
from services.catalog.folders.places import KnownFile
from services.catalog.storage.folder_places import KnownPlace
from services.catalog.syncing.files import FileBytes


@dataclass(frozen=True, slots=True)
class Digested:
    """A file whose bytes are known by their hash.

    Attributes:
        differing: the file.
        bytes: its hash.
        image_id: the image of these bytes.

    """

    differing: Differing
    bytes: FileBytes
    image_id: int


@dataclass(slots=True)
class Write:
    """What is written at once.

    Attributes:
        files: places and what they hold.
        left: places to be forgotten, as their files are elsewhere now.

    """

    files: list[KnownFile] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Settlement:
    """What is to be written of known files, in this order.

    Whoever finds a new home has it before another file takes the old one, and all that take the place of others do so
    at once: so files that changed names among each other lose nothing of what was said of them.

    Attributes:
        moves: files at new places, those of one image in one write.
        takes: files at places that held others.
        touched: files that are what they were, but for their time.

    """

    moves: list[Write] = field(default_factory=list)
    takes: Write = field(default_factory=Write)
    touched: list[KnownFile] = field(default_factory=list)

    @property
    def left(self) -> set[str]:
        """All places that are to be forgotten."""
        return {uri for write in (*self.moves, self.takes) for uri in write.left}


def settle(files: Iterable[Digested], gone: Sequence[KnownPlace], counts: SyncCounts) -> Settlement:
    """Return what is to be written of files; `gone` are places without one, `counts` are added to."""
    left_by_image: dict[int, list[str]] = defaultdict(list)
    for place in gone:
        left_by_image[place.image_id].append(place.uri)
    settlement = Settlement()
    new: dict[int, list[Digested]] = defaultdict(list)
    for file in files:
        known = file.differing.known
        if known is None:
            new[file.image_id].append(file)
            continue
        counts.returned += known.missing_micros is not None
        if known.image_id == file.image_id:
            counts.unchanged += 1
            settlement.touched.append(KnownFile(file.image_id, file.bytes.source))
            continue
        counts.changed += 1
        is_moved = file.image_id in left_by_image
        settlement.takes.files.append(KnownFile(file.image_id, file.bytes.source, restores=not is_moved))
        if file.image_id not in new:
            settlement.takes.left += left_by_image.get(file.image_id, ())
    for image_id, found in new.items():
        left = left_by_image.get(image_id, [])
        moved = min(len(left), len(found))
        counts.moved += moved
        counts.added += len(found) - moved
        counts.known += len(found) - moved
        known_files = [KnownFile(image_id, file.bytes.source, restores=not left) for file in found]
        settlement.moves.append(Write(known_files, left))
    return settlement


def joined(writes: Sequence[Write], most: int) -> list[Write]:
    """Return the same writes, as many at once as have up to `most` files."""
    result: list[Write] = []
    for write in writes:
        if not result or len(result[-1].files) + len(write.files) > most:
            result.append(Write())
        result[-1].files += write.files
        result[-1].left += write.left
    return result
