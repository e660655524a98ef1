"""What the harness looks for, it finds where it is planted."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import grpc
import pytest
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from grpc_status.rpc_status import GRPC_DETAILS_METADATA_KEY

from albumen.catalog.v1.edit_pb2 import Edit
from albumen.catalog.v1.folder_pb2 import Folder
from albumen.catalog.v1.image_pb2 import Image
from albumen.catalog.v1.people_edit_service_pb2 import ReassignFacesRequest
from albumen.catalog.v1.people_service_pb2 import GetPersonResponse, UpdatePersonResponse
from albumen.catalog.v1.person_pb2 import Person
from albumen.detector.v1.detector_service_pb2 import DetectStreamResponse
from services.catalog.library import Library
from services.catalog.people.grouping import Grouping
from services.catalog.people.suggestions import Suggestion
from services.common.errors import InternalError, InvalidArgumentError, Reason, ResourceExhaustedError
from services.common.file_uri import uri_of
from services.common.wire.channel import DIRECT
from services.common.wire.status import to_status
from tests.catalog.clustering.synthetic import analysis, direction
from torture import honest
from torture.answer import Answer, has_status, judge, trouble_of, troubles_within
from torture.files import troubles_of_libraries, troubles_of_strays
from torture.folders.account import Account
from torture.folders.check import troubles_after_restart
from torture.folders.client import FolderClient
from torture.folders.disk import Disk
from torture.kills import check
from torture.kills.client import Client, Fate
from torture.kills.ledger import Asked, Ledger, Thing, View
from torture.log import troubles_of_log
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
        ("INSERT INTO apart (a, b) VALUES (1, 99)", "told apart"),
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


def test_what_a_user_told_apart_is_not_suggested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Grouping, "suggestions", lambda _, __: [Suggestion(2, 1, 0.9)])
    library = Library(tmp_path / "a.duckdb", "a")
    for number in range(4):
        library.add_image(analysis(str(number), direction(0.01 * number, number % 2)))
    library.close()
    assert list(troubles_of_libraries(tmp_path, Random(0))) == []
    with duckdb.connect(tmp_path / "a.duckdb") as connection:
        connection.execute("INSERT INTO apart (a, b) VALUES (1, 2)")
    (trouble,) = troubles_of_libraries(tmp_path, Random(0))
    assert "suggested" in trouble


def test_faces_that_stay_with_nobody_may_be_pinned_by_the_edit_under_way() -> None:
    alone = View({"a": ("", False), "b": ("", False)}, {})
    assert alone.differs(alone.pinned(["a"], pinned=True)).startswith("faces a")
    assert alone.pinned(["a"], pinned=True).pinned(["a", "c"], pinned=False) == alone
    client = _client()
    client.ledger.asked = Asked("", ReassignFacesRequest(faces=["a"], nobody={}))
    unknown = {"edits/1": Edit(name="edits/1")}
    for pinned, edits, troubles in ((["a"], unknown, 0), (["a"], {}, 1), (["b"], unknown, 1), ([], unknown, 0)):
        client.ledger.view, after = alone, alone.pinned(pinned, pinned=True)
        client.look = lambda after=after: after  # type: ignore[method-assign,misc]
        assert len(list(check._view(client, edits, reclustering=False))) == troubles


def _client() -> Client:
    with grpc.insecure_channel("127.0.0.1:1", options=DIRECT) as channel:
        return Client(0, Random(0), Ledger(), Fate(channel))


@pytest.mark.parametrize(
    ("in_flight", "reclusterings", "found"), [("compact", 0, ["Ann"]), ("index", 0, []), ("compact", 1, [])]
)
def test_an_acknowledged_edit_that_does_not_hold_is_found(
    monkeypatch: pytest.MonkeyPatch, in_flight: str, reclusterings: int, found: list[str]
) -> None:
    edit = Edit(name="edits/1")
    edit.people.add(person="people/1", face_count_after=1, display_name_after="Ann")
    client = _client()
    client.note(UpdatePersonResponse(edit=edit))
    client.fate.reclusterings += reclusterings
    client.ledger.in_flight = in_flight
    monkeypatch.setattr(client, "call", lambda *_: GetPersonResponse(person=Person(face_count=1)))
    troubles = list(check._last_edit(client, {edit.name: edit}, {}, reclustering=False))
    assert [word for word in ("Ann",) for trouble in troubles if word in trouble] == found


def test_an_honest_client_waits_for_as_long_as_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    overloaded = to_status(ResourceExhaustedError(Reason.OVERLOADED, "Come again.", retry_after=2.5))
    answers = iter([_answer(overloaded), _answer(SOUND)])
    waited: list[float] = []
    monkeypatch.setattr(honest, "ask", lambda *_, **__: next(answers))
    monkeypatch.setattr("time.sleep", waited.append)
    with grpc.insecure_channel("127.0.0.1:1", options=DIRECT) as channel:
        assert honest._served(channel, "service/Method", b"").reason == Reason.IMAGE_EMPTY
    assert waited == [2.5]


def _answer(status: Status) -> Answer:
    return judge(_FailedCall(status))


class _FailedCall(grpc.RpcError):
    """A call as the transport raises it."""

    def __init__(self, status: Status) -> None:
        self._status = status

    def code(self) -> grpc.StatusCode:
        return next(code for code in grpc.StatusCode if code.value[0] == self._status.code)

    def trailing_metadata(self) -> Any:
        return ((GRPC_DETAILS_METADATA_KEY, self._status.SerializeToString()),)


def test_errors_and_what_is_no_event_are_found_in_a_log(tmp_path: Path) -> None:
    log = tmp_path / "catalog.log"
    event = '{"event": "serving", "level": "%s", "timestamp": "%s"}'
    log.write_text("\n".join([event % ("info", 1), event % ("warning", 2), '{"event": "cal']), "utf-8")
    assert list(troubles_of_log(log)) == []
    log.write_text("\n".join([event % ("error", 1), event % ("error", 2), "Traceback:", "[]", ""]), "utf-8")
    assert len(list(troubles_of_log(log))) == 3


def test_a_file_that_is_left_over_is_found(tmp_path: Path) -> None:
    (tmp_path / "b.duckdb.new").touch()
    assert "left behind" in next(troubles_of_strays(tmp_path))


def test_the_disk_is_what_it_says(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "photos", Random(1))
    protected = set[str]()
    for _ in range(400):
        disk.change()
        protected |= set(disk.protected)
    photos = (path for path in disk.root.rglob("*.[jJ]*") if path.name not in ("broken.jpg", ".hidden.jpg"))
    found = {uri_of(bytes(path)): hashlib.sha256(path.read_bytes()).hexdigest() for path in photos}
    assert found == disk.hashes()
    stashed = {hashlib.sha256(path.read_bytes()).hexdigest() for path in tmp_path.glob("photos-stash/*")}
    # Whatever happens, these are somewhere.
    assert protected <= set(found.values()) | stashed
    away = disk.go_away()
    assert not disk.root.exists()
    disk.come_back()
    assert not away.exists()
    assert len(found) > 50


def test_what_is_said_of_folders_and_is_not_there_is_found() -> None:
    account = Account(
        Folder(name="libraries/shared/folders/a", display_name="A"),
        others={"libraries/shared/folders/b": True},
        backups={"backups/b": True},
        libraries={"r": True},
    )
    client = _Answering(account)
    found = " ".join(troubles_after_restart([client]))
    for what in ("the folder is lost", "folders/b is there: False", "backups/b is there: False", "library r is there"):
        assert what in found


class _Answering(FolderClient):
    """A client of a catalog in which there is nothing."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def call(self, path: str, request: Any, response: Any) -> Any:  # noqa: ARG002
        return response()
