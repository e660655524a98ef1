"""What must hold of libraries' files while no catalog runs on them, looked at with the product's own classes."""

import contextlib
import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

from services.catalog.filters import ALL_PEOPLE, ImageFilter
from services.catalog.library import Library
from services.catalog.person_record import PersonRecord
from services.catalog.records import FaceRecord
from torture.rules import troubles_of_rules

_SUFFIX: Final = ".duckdb"
_MANY: Final = 100_000


def troubles_of_files(folder: Path, generator: Random) -> Iterator[str]:
    """Yield what is wrong with the libraries in `folder`, if there are any, and what lies beside them."""
    if folder.is_dir():
        yield from troubles_of_strays(folder)
        yield from troubles_of_libraries(folder, generator)


def troubles_of_strays(folder: Path) -> Iterator[str]:
    """Yield what lies in `folder` that is no library; no catalog may run on it."""
    # What is hidden says which catalog has the folder.
    strays = sorted(
        path.name
        for path in folder.iterdir()
        if path.suffix != _SUFFIX and not path.name.startswith(".") and not _is_of_operations(path)
    )
    if strays:
        yield f"files were left behind: {strays}"


def _is_of_operations(path: Path) -> bool:
    """Return whether it holds the operations of a library that is there."""
    return path.suffix == ".operations" and path.with_suffix("").exists()


def troubles_of_libraries(folder: Path, generator: Random) -> Iterator[str]:
    """Yield what is wrong within the libraries in `folder`; no catalog may run on it."""
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        try:
            for trouble in itertools.chain(_troubles_of_rows(path), troubles_of_rules(path, generator)):
                yield f"{path.name}: {trouble}"
        except Exception as error:  # noqa: BLE001 - rows that do not fit together may break any reader
            yield f"{path.name} can't be read: {type(error).__name__}: {error}"


def _troubles_of_rows(path: Path) -> Iterator[str]:
    library = Library(path, path.name.removesuffix(_SUFFIX))
    with contextlib.closing(library):
        library.memory.load_people()
        every = library.list_images(ImageFilter(show_trashed=True), limit=_MANY).items
        images = [image for image in every if image.delete_time is None]
        faces = {face.id: face for face in library.list_faces(limit=_MANY).items}
        people = {person.id: person for person in library.list_people(ALL_PEOPLE, limit=_MANY).items}
        record = library.record()
        found = (len(images), len(every) - len(images), len(faces), len(people))
        if found != (record.image_count, record.trashed_count, record.face_count, record.person_count):
            yield f"its record counts {record}, and there are {found} images, those in the trash, faces and people"
        of_images = {face.id for image in every for face in image.faces}
        if of_images != set(faces):
            yield f"faces without an image, or the other way round: {sorted(of_images ^ set(faces))[:5]}"
        places = {source.uri: source.image_sha256 for source in library.list_sources(limit=_MANY).items}
        for image in every:
            if any(places.get(uri) != image.sha256 for uri in image.source_uris):
                yield f"places of {image.sha256[:12]}: {image.source_uris}"
        if set(places.values()) - {image.sha256 for image in every}:
            yield "places without an image"
        yield from _troubles_of_people(faces, people)
        # Each is read with what it takes to undo it.
        for edit in library.history.page(limit=_MANY).items:
            library.history.get(edit.id)


def _troubles_of_people(faces: dict[int, FaceRecord], people: dict[str, PersonRecord]) -> Iterator[str]:
    owners = Counter(face.person_id for face in faces.values() if face.person_id is not None)
    if set(owners) != set(people):
        yield f"people without a face, or the other way round: {sorted(set(owners) ^ set(people))[:5]}"
    for person in people.values():
        own = [face for face in faces.values() if face.person_id == person.id]
        images = {face.image_sha256 for face in own}
        if (person.face_count, person.image_count) != (len(own), len(images)):
            yield f"{person.id} counts {person.face_count} faces, and has {len(own)}"
        if own and person.cover_face_id not in {face.id for face in own}:
            yield f"the cover of {person.id} is not one of its faces"
