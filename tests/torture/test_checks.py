"""What the harness looks for, it finds where it is planted."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import duckdb
import pytest
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status

from albumen.catalog.v1.image_pb2 import Image
from albumen.detector.v1.detector_service_pb2 import DetectStreamResponse
from services.catalog.library import Library
from services.common.errors import InternalError, InvalidArgumentError, Reason
from services.common.wire.status import to_status
from tests.catalog.clustering.synthetic import analysis, direction
from torture.answer import has_status, trouble_of, troubles_within
from torture.kills import check
from torture.kills.file_check import troubles_of_libraries, troubles_of_strays
from torture.kills.ledger import Ledger, Thing, View
from torture.protobufs.methods import all_methods

SOUND = to_status(InvalidArgumentError(Reason.IMAGE_EMPTY, "The image has no bytes."))


def test_a_status_with_a_reason_is_an_answer() -> None:
    assert trouble_of(SOUND) == ""


def _without_details() -> Status:
    return Status(code=SOUND.code, message=SOUND.message)


def _with_two_reasons() -> Status:
    status = Status.FromString(SOUND.SerializeToString())
    status.details.append(status.details[0])
    return status


def _with_a_reason_of_nobody() -> Status:
    status = _without_details()
    status.details.add().Pack(ErrorInfo(reason="SURPRISE", domain="albumen.internal"))
    return status


def _of_ours() -> Status:
    return to_status(InternalError(Reason.INTERNAL, "The service failed."))


@pytest.mark.parametrize("make", [_without_details, _with_two_reasons, _with_a_reason_of_nobody, _of_ours])
def test_a_status_that_nobody_can_act_upon_is_trouble(make: Callable[[], Status]) -> None:
    assert trouble_of(make())
    assert list(troubles_within(DetectStreamResponse(error=make())))


def test_statuses_are_looked_for_where_they_may_be() -> None:
    methods = all_methods()
    assert has_status(methods["DetectorService.DetectStream"].response)
    assert not has_status(methods["DetectorService.Detect"].response)


def test_photos_that_are_lost_back_or_torn_are_found() -> None:
    known = {"lost": True, "back": False, "torn": None, "unsure": None}
    ledger = Ledger({name: Thing(there, 2) for name, there in known.items()})
    images = {"back": _image(2), "torn": _image(1), "stranger": _image(0)}
    assert len(list(check._photos([ledger], images))) == 4
    assert {name: photo.there for name, photo in ledger.photos.items()} == {
        "lost": False,
        "back": True,
        "torn": True,
        "unsure": False,
    }


def _image(faces: int) -> Image:
    image = Image()
    image.objects.add()
    for _ in range(faces):
        image.faces.add()
    return image


def test_what_clustering_may_move_is_no_trouble_and_what_a_user_said_is() -> None:
    before = View({"a": ("ann", True), "b": ("", False)}, {"ann": ("Ann", False, 1)})
    moved = View({"a": ("ann", True), "b": ("ann", False)}, {"ann": ("Ann", False, 2)})
    assert before.differs(moved)
    assert before.breaks_word(moved) == ""
    assert before.breaks_word(View({"a": ("bob", True)}, moved.people))
    assert before.breaks_word(View(moved.faces, {"ann": ("", False, 2)}))


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("SELECT 1", ""),
        ("UPDATE person SET face_count = face_count + 1", "counts"),
        ("DELETE FROM face WHERE id = (SELECT min(id) FROM face)", "counts"),
        ("DELETE FROM image WHERE id = (SELECT max(id) FROM image)", "can't be read"),
        ("UPDATE face SET person = 0 WHERE id = (SELECT min(id) FROM face)", "counts"),
        ("UPDATE face SET quality = 0.1", "clear faces"),
        ("UPDATE face SET image_id = 1 WHERE id IN (SELECT id FROM face WHERE person <> 0)", "twice"),
    ],
)
def test_a_file_that_is_not_as_the_rules_say_is_found(tmp_path: Path, statement: str, word: str) -> None:
    library = Library(tmp_path / "a.duckdb", "a")
    for number in range(3):
        library.add_image(analysis(str(number), direction(0.01 * number), direction(1.5, 1 + number)))
    library.close()
    with duckdb.connect(tmp_path / "a.duckdb") as connection:
        connection.execute(statement)
    troubles = list(troubles_of_libraries(tmp_path, Random(0)))
    assert any(word in trouble for trouble in troubles) if word else troubles == []


def test_a_file_that_is_left_over_is_found(tmp_path: Path) -> None:
    (tmp_path / "b.duckdb.new").touch()
    assert "left behind" in next(troubles_of_strays(tmp_path))
