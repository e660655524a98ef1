"""How a photo was moved, told from the faces that are on both."""

from dataclasses import replace

import numpy as np
import pytest

from services.catalog.moved_picture import Extent, Move, find_move
from services.catalog.storage.placed_faces import PlacedFace

OLD = Extent(640, 480)
HERE, THERE = (100, 100, 40, 50), (400, 300, 60, 80)
Place = tuple[float, float, float, float]


def placed(place: Place, extent: Extent) -> PlacedFace:
    left, top, width, height = place
    right, bottom = left + width, top + height
    sides = left / extent.width, top / extent.height, right / extent.width, bottom / extent.height
    vector = np.zeros(512, np.float32)
    return PlacedFace(
        1, 0, pinned=False, drawn=False, embedding=vector, left=sides[0], top=sides[1], right=sides[2], bottom=sides[3]
    )


def move(new: Extent, *pairs: tuple[Place, Place]) -> Move | None:
    return find_move(OLD, new, [(placed(before, OLD), placed(after, new)) for before, after in pairs])


MOVES = {
    "resized": (Extent(1280, 960), [(HERE, (200, 200, 80, 100))], (2, 0, 0)),
    "cropped": (Extent(500, 400), [(HERE, (60, 70, 40, 50))], (1, -40, -30)),
    "cropped and resized": (Extent(1000, 800), [(HERE, (120, 140, 80, 100))], (2, -80, -60)),
    "one box of three is drawn otherwise": (
        OLD, [(HERE, HERE), (THERE, THERE), ((200, 50, 40, 40), (196, 46, 48, 48))], (1, 0, 0),
    ),
}  # fmt: skip
UNKNOWN = {
    "mirrored": (OLD, [(HERE, (500, 100, 40, 50))]),
    "mirrored, of two faces": (OLD, [(HERE, (500, 100, 40, 50)), (THERE, (180, 300, 60, 80))]),
    "turned": (Extent(480, 640), [(HERE, (330, 100, 40, 50))]),
    "a face elsewhere": (OLD, [(HERE, HERE), (THERE, (300, 100, 60, 80))]),
}


@pytest.mark.parametrize("case", MOVES)
def test_crops_and_sizes_are_told(case: str) -> None:
    new, pairs, expected = MOVES[case]
    found = move(new, *pairs)
    assert found is not None
    assert (found.scale, found.x, found.y) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_is_neither_cropped_nor_resized_is_not_guessed(case: str) -> None:
    new, pairs = UNKNOWN[case]
    assert move(new, *pairs) is None


def test_without_a_face_the_proportions_decide() -> None:
    assert find_move(OLD, Extent(321, 240), []) == Move(321 / 640, 0, 0, Extent(321, 240))
    assert find_move(OLD, Extent(480, 640), []) is None
    assert find_move(OLD, Extent(640, 470), []) is None


def test_of_what_is_cut_off_half_has_to_be_left() -> None:
    face, half = placed(THERE, OLD), Move(1, 0, 0, Extent(430, 480))
    box = half.of(face, OLD)
    assert box is not None
    assert (box.left, box.width) == pytest.approx((400, 30))
    assert replace(half, new=Extent(429, 480)).of(face, OLD) is None
    assert replace(half, new=Extent(300, 200)).of(face, OLD) is None
