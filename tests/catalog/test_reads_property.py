"""Lists hold what a plain look through all that was indexed would find, however small their pages are."""

import contextlib
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.filters import FaceFilter, ImageFilter
from services.catalog.library import Library
from services.catalog.parts import ImageParts
from services.catalog.records import FaceRecord, ImageRecord
from services.catalog.vocabulary import Source
from tests.catalog.clustering.synthetic import analysis, direction, sha256
from tests.catalog.walking import walk

_LABELS = ("cat", "dog", "bus")


@dataclass(frozen=True)
class Photo:
    labels: tuple[str, ...]
    people: tuple[int, ...]
    copies: int
    deleted: bool


_PHOTOS = st.builds(
    Photo,
    labels=st.lists(st.sampled_from(_LABELS), max_size=4).map(tuple),
    people=st.lists(st.integers(0, 2), max_size=3).map(tuple),
    copies=st.integers(0, 2),
    deleted=st.sampled_from([False, False, True]),
)


@given(photos=st.lists(_PHOTOS, min_size=1, max_size=10), limit=st.integers(1, 5))
@settings(max_examples=8, deadline=None)
def test_every_page_of_every_list_is_what_a_look_through_everything_finds(photos: list[Photo], limit: int) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.closing(Library(Path(folder) / "a.duckdb", "a")) as library,
    ):
        _check(library, _index(library, photos), limit)


def _index(library: Library, photos: list[Photo]) -> list[ImageRecord]:
    """Index photos; return those that are left, in this order, with the places that they should have."""
    left = []
    for number, photo in enumerate(photos):
        name = f"p{number}"
        # What is remembered of labels from now on lacks those that come, and keeps those that go.
        library.list_images(ImageFilter(labels=_LABELS[:1]), limit=1)
        embeddings = [direction(0.01 * number, plane) for plane in photo.people]
        image = library.add_image(analysis(name, *embeddings, labels=photo.labels)).image
        copies = [f"file:///copy/{copy}/{name}.jpg" for copy in range(photo.copies)]
        for at, uri in enumerate(copies):
            library.add_source(image.sha256, Source(uri, f"{name}-{at}.jpg"))
        if photo.deleted:
            continue
        named = f"{name}-{len(copies) - 1}.jpg" if copies else image.file_name
        left.append(replace(image, source_uris=(*image.source_uris, *copies), file_name=named))
    for number, photo in enumerate(photos):
        if photo.deleted:
            library.delete_image(sha256(f"p{number}"))
    return left


def _check(library: Library, expected: list[ImageRecord], limit: int) -> None:
    faces = library.list_faces(limit=1000).items
    # Whose a face is, and when its image was touched, is what came of everything that followed.
    own = {face.id: face for face in faces}
    expected = [_with_now(library, image, own) for image in expected]
    by_id = {face.id for image in expected for face in image.faces}
    assert [face.id for face in faces] == sorted(by_id)

    images = walk(lambda after: library.list_images(after=after, limit=limit))
    assert images == expected
    assert [library.find_image(image.sha256) for image in expected] == expected
    hashes = walk(lambda after: library.list_images(after=after, limit=limit, parts=ImageParts(0)))
    assert [image.sha256 for image in hashes] == [image.sha256 for image in expected]
    people = {face.person_id for face in faces} - {None}
    for labels in ((), ("cat",), ("cat", "dog"), _LABELS):
        for person in [None, *people]:
            _check_images(library, expected, limit, ImageFilter(labels, person))
    for image_sha256 in [None, *(image.sha256 for image in expected[:3]), sha256("nowhere")]:
        for person in [None, *people]:
            for ungrouped in (False, True):
                _check_faces(library, faces, limit, FaceFilter(person, image_sha256, ungrouped))


def _with_now(library: Library, image: ImageRecord, own: dict[int, FaceRecord]) -> ImageRecord:
    now = library.find_image(image.sha256)
    assert now is not None
    faces = tuple(own[face.id] for face in image.faces)
    return replace(image, faces=faces, update_time=now.update_time, revision=now.revision)


def _check_images(library: Library, everything: list[ImageRecord], limit: int, wanted: ImageFilter) -> None:
    found = walk(lambda after: library.list_images(wanted, after=after, limit=limit))
    assert found == [
        image
        for image in everything
        if set(wanted.labels) <= {item.label for item in image.objects}
        and (wanted.person_id is None or wanted.person_id in {face.person_id for face in image.faces})
    ]


def _check_faces(library: Library, everything: tuple[FaceRecord, ...], limit: int, wanted: FaceFilter) -> None:
    found = walk(lambda after: library.list_faces(wanted, after=after, limit=limit))
    assert found == [
        face
        for face in everything
        if wanted.person_id in (None, face.person_id)
        and wanted.image_sha256 in (None, face.image_sha256)
        and (face.person_id is None or not wanted.ungrouped)
    ]
