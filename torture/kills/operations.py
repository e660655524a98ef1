"""What clients do: each operation draws what it needs, calls, and notes what is acknowledged."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from google.protobuf.message_factory import GetMessageClass

from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import library_service_pb2 as library_pb
from albumen.catalog.v1 import people_edit_service_pb2 as edits_pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1.library_pb2 import Library
from albumen.catalog.v1.person_pb2 import Person
from torture.kills.client import LIBRARY, Client, RefusedError
from torture.kills.ledger import Thing
from torture.photos import make_photo

_NAMES: Final = ("", "Ann", "Bob", "Ünal", "\U0001f468 of the house")


def index(client: Client) -> None:
    """Index a new photo."""
    _index(client, f"file:///{client.number}/{client.generator.getrandbits(64)}.jpg")


def replace(client: Client) -> None:
    """Index a new photo in the place of another, which goes unless a user said something of its faces."""
    placed = client.ledger.placed()
    if placed:
        replaced = client.generator.choice(placed)
        replaced.there = None
        name = _index(client, replaced.name).rpartition("/")[2]
        # It stays, without a place, or is told to be gone.
        replaced.there = client.ledger.photos.get(name) is not replaced
        replaced.name = ""


def forget(client: Client) -> None:
    """Forget the place of one of the client's photos, and so the photo."""
    placed = client.ledger.placed()
    if placed:
        photo = client.generator.choice(placed)
        photo.there = None
        request = image_pb.ForgetSourcesRequest(parent=LIBRARY, uris=[photo.name])
        client.call("ImageService/ForgetSources", request, image_pb.ForgetSourcesResponse)
        photo.there = False
        client.ledger.changed()


def delete(client: Client) -> None:
    """Delete one of the client's photos."""
    present = client.ledger.present()
    if not present:
        return
    sha256 = client.generator.choice(present)
    photo = client.ledger.photos[sha256]
    photo.there = None
    request = image_pb.DeleteImageRequest(name=f"{LIBRARY}/images/{sha256}")
    client.call("ImageService/DeleteImage", request, image_pb.DeleteImageResponse)
    erasing = image_pb.PurgeImagesRequest(parent=LIBRARY, names=[request.name])
    client.call("ImageService/PurgeImages", erasing, image_pb.PurgeImagesResponse)
    photo.there = False
    client.ledger.changed()


def rename(client: Client) -> None:
    """Name, rename, hide or show somebody."""
    for person in _people(client, 1):
        request = people_pb.UpdatePersonRequest(
            person=Person(
                name=person,
                display_name=client.generator.choice(_NAMES),
                hidden=client.generator.random() < 0.2,
            ),
            request_id=client.new_id(),
        )
        request.update_mask.paths.extend(("display_name", "hidden"))
        client.edit("PeopleService/UpdatePerson", request, people_pb.UpdatePersonResponse)


def merge(client: Client) -> None:
    """Say that two people are one."""
    people = _people(client, 2)
    if people:
        request = edits_pb.MergePeopleRequest(person=people[0], others=people[1:], request_id=client.new_id())
        client.edit("PeopleEditService/MergePeople", request, edits_pb.MergePeopleResponse)


def separate(client: Client) -> None:
    """Say that two people are different."""
    people = _people(client, 2)
    if people:
        request = edits_pb.SeparatePeopleRequest(people=people, request_id=client.new_id())
        client.edit("PeopleEditService/SeparatePeople", request, edits_pb.SeparatePeopleResponse)


def split(client: Client) -> None:
    """Say that some faces of somebody are somebody else."""
    for person in _people(client, 1):
        faces = [face for face, (owner, _) in client.look().faces.items() if owner == person]
        some = client.generator.sample(faces, client.generator.randint(1, max(1, len(faces) - 1)))
        request = edits_pb.SplitPersonRequest(person=person, faces=some, request_id=client.new_id())
        client.edit("PeopleEditService/SplitPerson", request, edits_pb.SplitPersonResponse)


def reassign(client: Client) -> None:
    """Say whose some faces are, that they are nobody's, or take that back."""
    faces = sorted(client.look().faces)
    if not faces:
        return
    some = client.generator.sample(faces, client.generator.randint(1, min(4, len(faces))))
    request = edits_pb.ReassignFacesRequest(parent=LIBRARY, faces=some, request_id=client.new_id())
    people = _people(client, 1)
    match client.generator.randrange(4):
        case 0 if people:
            request.person = people[0]
        case 1:
            request.nobody.SetInParent()
        case 2:
            request.automatic.SetInParent()
        case _:
            request.new_person.display_name = client.generator.choice(_NAMES)
    client.edit("PeopleEditService/ReassignFaces", request, edits_pb.ReassignFacesResponse)


def undo(client: Client) -> None:
    """Undo one of the client's edits, mostly its newest."""
    done = [name for name, undone in client.ledger.edits.items() if undone is False]
    if not done:
        return
    name = done[-1] if client.generator.random() < 0.7 else client.generator.choice(done)
    client.look()
    client.ledger.edits[name] = None
    request = edits_pb.UndoEditRequest(name=name)
    try:
        client.call("PeopleEditService/UndoEdit", request, edits_pb.UndoEditResponse)
    except RefusedError:
        client.ledger.edits[name] = False
        return
    client.ledger.edits[name] = True
    client.ledger.changed()


def recluster(client: Client) -> None:
    """Look at everybody again."""
    client.fate.reclusterings += 1
    request = library_pb.ReclusterLibraryRequest(name=LIBRARY)
    client.call("LibraryService/ReclusterLibrary", request, library_pb.ReclusterLibraryResponse)
    client.fate.reclusterings += 1


def create_library(client: Client) -> None:
    """Create a library with a name."""
    library_id = f"c{client.number}-{client.generator.getrandbits(40)}"
    name = f"Library {library_id}"
    library = client.ledger.libraries[library_id] = Thing(None, name=name)
    request = library_pb.CreateLibraryRequest(library_id=library_id, library=Library(display_name=name))
    client.call("LibraryService/CreateLibrary", request, library_pb.CreateLibraryResponse)
    library.there = True


def delete_library(client: Client) -> None:
    """Erase one of the client's libraries."""
    present = [library_id for library_id, library in client.ledger.libraries.items() if library.there]
    if present:
        library_id = client.generator.choice(present)
        client.ledger.libraries[library_id].there = None
        request = library_pb.DeleteLibraryRequest(name=f"libraries/{library_id}", force=True)
        client.call("LibraryService/DeleteLibrary", request, library_pb.DeleteLibraryResponse)
        client.ledger.libraries[library_id].there = False


def compact(client: Client) -> None:
    """Compact the library, which changes nothing that can be seen."""
    method = library_pb.DESCRIPTOR.services_by_name["LibraryService"].methods_by_name["CompactLibrary"]
    client.ask("LibraryService/CompactLibrary", GetMessageClass(method.input_type)(name=LIBRARY))


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that clients do.

    Attributes:
        run: does it.
        weight: how often, beside the others.
        needs: method of LibraryService that the catalog must have.

    """

    run: Callable[[Client], None]
    weight: float
    needs: str = "CreateLibrary"

    @property
    def known(self) -> bool:
        """Whether the contracts have the method."""
        return self.needs in library_pb.DESCRIPTOR.services_by_name["LibraryService"].methods_by_name


OPERATIONS: Final = [
    operation
    for operation in (
        Operation(index, 8),
        Operation(replace, 1),
        Operation(delete, 1),
        Operation(forget, 1),
        Operation(rename, 2),
        Operation(merge, 1.5),
        Operation(split, 1.5),
        Operation(reassign, 2),
        Operation(separate, 1),
        Operation(undo, 2),
        Operation(recluster, 0.5, "ReclusterLibrary"),
        Operation(create_library, 1),
        Operation(delete_library, 0.8),
        Operation(compact, 0.3, "CompactLibrary"),
    )
    if operation.known
]


def run_operations(client: Client) -> None:
    """Do one thing after the other, until the catalog dies; raise LostError then."""
    alone = client.fate.only_indexes
    weights = [operation.weight * (not alone or operation.run is index) for operation in OPERATIONS]
    while True:
        (operation,) = client.generator.choices(OPERATIONS, weights)
        if not alone and client.generator.random() < 0.3:
            client.look()
        client.ledger.in_flight = operation.run.__name__
        try:
            operation.run(client)
            client.fate.acknowledged += 1
        except RefusedError as error:
            client.fate.troubles += _unexpected(operation, error)
        client.ledger.in_flight = ""


def _unexpected(operation: Operation, error: RefusedError) -> list[str]:
    """Return a refusal that nothing explains: who is alone with what it asks for is not refused."""
    explained = str(error) in {"OVERLOADED", "RECLUSTERING_IN_PROGRESS"}
    return [] if explained else [f"{operation.run.__name__} was refused: {error}"]


def _index(client: Client, place: str) -> str:
    """Index a new photo; return the name of the one that it has replaced, if it has."""
    faces = client.draw_faces()
    content = make_photo(f"{client.number}-{client.generator.getrandbits(64)}", faces)
    photo = client.ledger.photos[hashlib.sha256(content).hexdigest()] = Thing(None, len(faces), place)
    request = image_pb.IndexImageBytesRequest(
        header=image_pb.ImageHeader(parent=LIBRARY, source_uri=place), content=content
    )
    answer = client.call("ImageService/IndexImageBytes", request, image_pb.IndexImageBytesResponse)
    photo.there = True
    client.ledger.changed()
    return answer.replaced_image


def _people(client: Client, count: int) -> list[str]:
    """Return some of the client's people; none if there are too few."""
    people = sorted(client.look().people)
    return client.generator.sample(people, count) if len(people) >= count else []
