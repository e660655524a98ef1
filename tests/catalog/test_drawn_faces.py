"""Faces that users draw, in a library: kept over edits of files, restarts, backups; and gone without a trace."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from services.catalog.edits.drawing import Canvas
from services.catalog.edits.record import EditOutcome
from services.catalog.edits.target import Target, ToAutomatic, ToNewPerson
from services.catalog.filters import FaceFilter
from services.catalog.library import Library
from services.catalog.parts import WHOLE_FACE
from services.catalog.records import FaceRecord
from services.catalog.vocabulary import Box, DetectedFace, Exif, ImageAnalysis
from services.common.errors import AlbumenError, Reason
from services.common.limits import MAX_FACES_WITH_DRAWN
from tests.catalog.backup.backing import Backing, backing, end_of
from tests.catalog.changing import PLACE
from tests.catalog.clustering.synthetic import analysis, direction, face, sha256, unit
from tests.catalog.erased import compact, found

WHERE = Box(300, 200, 60, 80)
NOON, LATER = datetime(2024, 5, 1, 12), datetime(2024, 5, 1, 13)  # noqa: DTZ001 - of a camera's clock


def seen(angle: float = 1.0, box: Box = WHERE, *, landmarks: bool = True) -> DetectedFace:
    points = np.array([[box.left + 10 * n, box.top + 10 * n] for n in range(5)], np.float32)
    points = points if landmarks else np.full((5, 2), np.nan, np.float32)
    return replace(face(direction(angle, 7)), box=box, landmarks=points, score=0.25, quality=0.75)


def draw(library: Library, name: str, drawn: DetectedFace | None = None, target: Target | None = None) -> EditOutcome:
    what = drawn or seen()
    return library.edits.drawing.draw(Canvas(sha256(name), what.box), what, "space", target or ToAutomatic())


def photo(
    name: str, *faces: DetectedFace, time: datetime | None = NOON, size: tuple[int, int] = (640, 480)
) -> ImageAnalysis:
    """A photo at the one place."""
    known = replace(analysis(name, source=PLACE), faces=faces, exif=Exif(capture_time=time))
    return replace(known, width=size[0], height=size[1])


def at(left: float, top: float, width: float = 40, height: float = 50) -> DetectedFace:
    return replace(face(direction(0, 1)), box=Box(left, top, width, height))


def drawn_on(library: Library, name: str) -> FaceRecord | None:
    image = library.find_image(sha256(name))
    assert image is not None
    faces = [one for one in image.faces if one.drawn]
    return library.find_faces([faces[0].id], WHOLE_FACE)[faces[0].id] if faces else None


@pytest.mark.parametrize("landmarks", [True, False])
def test_what_was_drawn_is_as_it_was_after_a_restart_and_a_compaction(path: Path, landmarks: bool) -> None:
    library = Library(path, "a")
    library.add_image(analysis("photo", direction(0)))
    draw(library, "photo", seen(landmarks=landmarks))
    before = drawn_on(library, "photo")
    assert before is not None
    assert (before.box, before.score, before.quality, before.drawn) == (WHERE, 0.25, 0.75, True)
    assert np.isnan(before.landmarks).all() == (not landmarks)
    for reopen in (False, True):
        if reopen:
            library.close()
            library = Library(path, "a")
        compact(library)
        after = drawn_on(library, "photo")
        assert after is not None
        # What is no number differs from itself.
        np.testing.assert_array_equal(after.landmarks, before.landmarks)
        assert replace(after, landmarks=()) == replace(before, landmarks=())
    library.close()


def sides(where: FaceRecord | Box | None) -> tuple[float, ...] | None:
    box = where.box if isinstance(where, FaceRecord) else where
    return None if box is None else (box.left, box.top, box.width, box.height)


# How the file is edited: its size, where the face beside the drawn one is then, and where the drawn one has to be.
EDITS = {
    "touched up": ((640, 480), at(100, 100), WHERE),
    "half the size": ((320, 240), at(50, 50, 20, 25), Box(150, 100, 30, 40)),
    "cropped": ((500, 400), at(60, 70), Box(260, 170, 60, 80)),
    "cropped and half the size": ((250, 200), at(30, 35, 20, 25), Box(130, 85, 30, 40)),
    "cropped through the face": ((330, 480), at(100, 100), None),
    "cropped through its edge": ((350, 480), at(100, 100), Box(300, 200, 50, 80)),
    "mirrored": ((640, 480), at(500, 100), None),
    "turned upside down": ((640, 480), at(500, 330), None),
    "turned": ((480, 640), at(330, 100), None),
}  # fmt: skip


@pytest.mark.parametrize("case", EDITS)
def test_a_drawn_face_is_where_it_was_in_the_picture_after_an_edit(library: Library, case: str) -> None:
    size, beside, expected = EDITS[case]
    library.add_image(photo("before", at(100, 100)))
    draw(library, "before", target=ToNewPerson("Zoe"))
    assert library.add_image(photo("after", beside, size=size)).replaced == sha256("before")
    after = drawn_on(library, "after")
    assert sides(after) == (expected and pytest.approx(sides(expected), abs=1e-3))
    names = [person.display_name for person in library.list_people(limit=9).items]
    assert names == (["Zoe"] if expected else [])
    if after and case == "half the size":
        assert after.landmarks[1] == pytest.approx((155, 105), abs=1e-3)
        assert (after.thumbnail, after.embedding, after.pinned) == (seen().thumbnail, seen().embedding.tobytes(), True)


def test_without_another_face_the_moment_and_the_proportions_tell_that_it_is_the_same_picture(
    library: Library,
) -> None:
    library.add_image(photo("before"))
    draw(library, "before", target=ToNewPerson("Zoe"))
    assert library.add_image(photo("after", size=(1280, 960))).replaced == sha256("before")
    after = drawn_on(library, "after")
    assert sides(after) == pytest.approx((600, 400, 120, 160), abs=1e-3)


@pytest.mark.parametrize(
    ("before", "after", "size"),
    [(NOON, LATER, (640, 480)), (None, None, (640, 480)), (NOON, None, (640, 480)), (NOON, NOON, (500, 480))],
    ids=["another moment", "no moments", "an unknown moment", "other proportions"],
)
def test_a_photo_that_may_be_another_one_takes_no_drawn_face_and_the_old_one_stays(
    library: Library, before: datetime | None, after: datetime | None, size: tuple[int, int]
) -> None:
    library.add_image(photo("before", time=before))
    done = draw(library, "before")
    assert library.add_image(photo("after", time=after, size=size)).replaced is None
    assert (drawn_on(library, "after"), drawn_on(library, "before")) == (
        None,
        library.find_faces([done.face.id], WHOLE_FACE)[done.face.id] if done.face else None,
    )


def test_a_face_that_is_found_in_the_place_of_a_drawn_one_is_that_face(library: Library) -> None:
    library.add_image(photo("before", at(100, 100)))
    draw(library, "before", target=ToNewPerson("Zoe"))
    # It looks like somebody else, but that may be why it was not found before.
    there = replace(face(direction(0, 3)), box=Box(305, 205, 60, 80))
    library.add_image(photo("after", at(100, 100), there))
    assert drawn_on(library, "after") is None
    (zoe,) = library.list_people(limit=9).items
    (own,) = library.list_faces(FaceFilter(zoe.id), limit=9).items
    assert (own.box, own.pinned) == (there.box, True)


@pytest.mark.parametrize("drawn_again", [False, True])
def test_a_drawn_face_that_was_rejected_stays_so_over_an_edit_and_can_be_had_back(
    library: Library, drawn_again: bool
) -> None:
    library.add_image(photo("before", at(100, 100)))
    face = draw(library, "before", target=ToNewPerson("Zoe")).face
    assert face is not None
    rejection = library.edits.faces.reject([face.id]).edit
    assert rejection is not None
    if drawn_again:
        # What is rejected is in nobody's way.
        draw(library, "before", target=ToNewPerson("Ann"))
    assert library.add_image(photo("after", at(50, 50, 20, 25), size=(320, 240))).replaced == sha256("before")
    assert (drawn_on(library, "after") is not None) == drawn_again
    (rejected,) = library.list_faces(FaceFilter(rejected=True), limit=9).items
    assert rejected.drawn
    assert sides(rejected) == pytest.approx((150, 100, 30, 40), abs=1e-3)
    library.undo.undo(rejection.id)
    assert library.list_faces(FaceFilter(rejected=True), limit=9).items == ()
    (back,) = library.find_faces([rejected.id], WHOLE_FACE).values()
    assert (back.person_name, back.thumbnail) == ("Zoe", seen().thumbnail)


def test_what_was_drawn_of_nobody_founds_nobody_by_an_edit_of_its_file(library: Library) -> None:
    library.add_image(photo("before", at(100, 100)))
    draw(library, "before")
    library.add_image(photo("after", at(100, 100)))
    after = drawn_on(library, "after")
    assert after is not None
    assert (after.person_id, after.pinned, library.list_people(limit=9).items) == (None, False, ())
    # Clustering decides about it still.
    library.add_image(analysis("another", direction(1.0, 7)))
    after = drawn_on(library, "after")
    assert after is not None
    assert after.person_id is not None


def test_a_photo_that_comes_back_to_its_place_keeps_what_is_drawn_on_it(library: Library) -> None:
    library.add_image(photo("before", at(100, 100)))
    first = draw(library, "before", target=ToNewPerson("Zoe"))
    library.add_image(replace(photo("after", at(100, 100)), source=replace(photo("after").source, uri="file:///b")))
    second = draw(library, "after")
    # The bytes at the first place are those of the second photo from now on, which has a face there itself.
    library.add_image(photo("after"))
    assert library.find_image(sha256("before")) is None
    (zoe,) = library.list_people(limit=9).items
    own = library.list_faces(FaceFilter(zoe.id), limit=9).items
    assert [(one.box, one.drawn, one.pinned) for one in own] == [(WHERE, True, True)]
    for done in (second, first):
        assert done.edit is not None
        library.undo.undo(done.edit.id)
    assert library.list_people(limit=9).items == ()


def test_nothing_of_a_drawing_that_was_undone_is_left(path: Path) -> None:
    library = Library(path, "a")
    library.add_image(analysis("photo", direction(0)))
    generator = np.random.default_rng(4)
    vector = unit(generator.standard_normal((1, 512)))[0]
    drawn = replace(seen(), thumbnail=generator.bytes(400), embedding=vector)
    traces = {"thumbnail": drawn.thumbnail, "embedding": drawn.embedding.tobytes(), "name": b"Zoe of the drawing"}
    edit = draw(library, "photo", drawn, ToNewPerson("Zoe of the drawing")).edit
    assert edit is not None
    compact(library)
    assert found(path, traces) == traces.keys()
    library.undo.undo(edit.id)
    library._eraser.forget_faceless()
    compact(library)
    assert found(path, traces) == set()
    library.close()


def test_an_image_has_room_for_so_many_faces(library: Library) -> None:
    directions = [direction(1.5 * (n // 250), n % 250) for n in range(MAX_FACES_WITH_DRAWN - 1)]
    library.add_image(analysis("crowd", *directions))
    done = draw(library, "crowd")
    assert done.face is not None
    library.edits.faces.reject([done.face.id])
    with pytest.raises(AlbumenError) as caught:
        draw(library, "crowd")
    assert (caught.value.reason, caught.value.metadata) == (Reason.IMAGE_FULL, {"limit": "512", "value": "512"})


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Backing]:
    with backing(tmp_path) as made:
        yield made


def test_backups_exports_and_checks_know_drawn_faces(kept: Backing) -> None:
    with kept.catalog.lease("a") as library:
        library.add_image(analysis("photo", direction(0)))
        draw(library, "photo", seen(landmarks=False), ToNewPerson("Zoe"))
        drawn = drawn_on(library, "photo")
    assert drawn is not None
    kept.restore(kept.back_up(), "b")
    with kept.catalog.lease("b") as library:
        restored = drawn_on(library, "photo")
        assert restored is not None
        assert replace(restored, landmarks=()) == replace(drawn, landmarks=())
    assert end_of(kept.verifying, "b")["findings"] == []
