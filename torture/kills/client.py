"""A client of the catalog that does one thing after the other until its catalog dies."""

import threading
from dataclasses import dataclass, field
from random import Random
from typing import Final, TypeVar
from uuid import UUID

import grpc
from google.protobuf.message import Message

from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1.edit_pb2 import Edit
from torture.answer import Answer, ask
from torture.kills.ledger import Asked, Ledger, View
from torture.limits import CALL_SECONDS
from torture.photos import ShownFace

LIBRARY_ID: Final = "shared"
LIBRARY: Final = f"libraries/{LIBRARY_ID}"
# Each client photographs its own people, so that nobody else changes what it sees.
PEOPLE_A_CLIENT: Final = 6

_CATALOG: Final = "albumen.catalog.v1"
_STANDARD: Final = "google."
_PAGE: Final = 250
_Response = TypeVar("_Response", bound=Message)


class LostError(Exception):
    """The call was not answered, so that nobody knows what became of it."""


class RefusedError(Exception):
    """The call was refused by a reason, so that it has changed nothing."""


@dataclass(slots=True)
class Fate:
    """What the clients of one catalog have in common.

    Attributes:
        channel: to it.
        only_indexes: whether its clients only index, and nobody reads meanwhile: rows that wait for a reader wait long.
        killed: set before it is killed.
        reclusterings: begun or ended.
        troubles: answers that no client could act upon.
        acknowledged: operations that were.

    """

    channel: grpc.Channel
    only_indexes: bool = False
    killed: threading.Event = field(default_factory=threading.Event)
    reclusterings: int = 0
    troubles: list[str] = field(default_factory=list)
    acknowledged: int = 0


class Client:
    """One client.

    Args:
        number: 0 and up.
        generator: of all that it does.
        ledger: what it knows; filled as it goes.
        fate: of its catalog.

    """

    def __init__(self, number: int, generator: Random, ledger: Ledger, fate: Fate) -> None:
        self.number = number
        self.generator = generator
        self.ledger = ledger
        self.fate = fate

    def call(self, path: str, request: Message, response: type[_Response]) -> _Response:
        """Call a method of the catalog, for example ``ImageService/GetImage``, and return its last response.

        Raises:
            RefusedError: it was refused.
            LostError: the catalog died, or answered in a way that is noted as trouble.

        """
        answer = self.ask(path, request)
        if not answer.ok:
            raise RefusedError(answer.reason)
        return response.FromString(answer.bodies[-1]) if answer.bodies else response()

    def ask(self, path: str, request: Message) -> Answer:
        """Call a method, and return its answer; LostError as in `call`."""
        full = path if path.startswith(_STANDARD) else f"{_CATALOG}.{path}"
        answer = ask(self.fate.channel, full, [request.SerializeToString()], seconds=CALL_SECONDS)
        if answer.trouble:
            if not (answer.lost or self.fate.killed.is_set()):
                self.fate.troubles.append(f"{path}: {answer.trouble}")
            raise LostError
        return answer

    def edit(self, path: str, request: Message, response: type[_Response]) -> None:
        """Ask for an edit, and note it when it is acknowledged; errors as in `call`, and refusals change nothing."""
        ledger = self.ledger
        ledger.asked = Asked(path, request)
        try:
            answer = self.call(path, request, response)
        except RefusedError:
            ledger.asked = None
            return
        ledger.asked = None
        self.note(answer)

    def note(self, answer: Message) -> None:
        """Note an acknowledged edit."""
        edit = getattr(answer, "edit", None)
        name = edit.name if isinstance(edit, Edit) else ""
        if isinstance(edit, Edit) and name:
            self.ledger.edits[name] = edit.undone
        self.ledger.changed(name, self.fate.reclusterings)

    def look(self) -> View:
        """Read the faces of this client's photos and their people; they are its view until it changes something."""
        reclusterings, own = self.fate.reclusterings, {f"{LIBRARY}/images/{sha256}" for sha256 in self.ledger.photos}
        faces, token = dict[str, tuple[str, bool]](), ""
        while True:
            request = people_pb.ListFacesRequest(parent=LIBRARY, page_size=_PAGE, page_token=token)
            page = self.call("PeopleService/ListFaces", request, people_pb.ListFacesResponse)
            faces |= {face.name: (face.person, face.pinned) for face in page.faces if face.image in own}
            token = page.next_page_token
            if not token:
                break
        everybody = self.call(
            "PeopleService/ListPeople",
            people_pb.ListPeopleRequest(parent=LIBRARY, page_size=1000, show_hidden=True),
            people_pb.ListPeopleResponse,
        ).people
        mine = {person for person, _ in faces.values()}
        people = {one.name: (one.display_name, one.hidden, one.face_count) for one in everybody if one.name in mine}
        self.ledger.view = View(faces, people, reclusterings)
        return self.ledger.view

    def new_id(self) -> str:
        """Return a request_id."""
        return str(UUID(int=self.generator.getrandbits(128), version=4))

    def draw_faces(self) -> list[ShownFace]:
        """Return who is on the next photo."""
        draw = self.generator
        return [
            ShownFace(
                self.number * PEOPLE_A_CLIENT + draw.randrange(PEOPLE_A_CLIENT),
                draw.choice((0.98, 0.94, 0.9, 0.8, 0.6)),
                draw.choice((0.9, 0.9, 0.9, 0.2)),
                draw.getrandbits(32),
            )
            for _ in range(draw.choice((0, 1, 1, 2, 3)))
        ]
