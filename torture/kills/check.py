"""What must be there when a catalog that was killed serves again."""

from collections.abc import Iterator, Mapping, Sequence

from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import people_edit_service_pb2 as edits_pb
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1.edit_pb2 import Edit
from albumen.catalog.v1.image_pb2 import Image
from torture.kills.client import LIBRARY, Client, RefusedError
from torture.kills.ledger import Ledger
from torture.kills.libraries import list_libraries, troubles_of_list

_KEPT_EDITS = 1000
# Operations that change people, and are no edits.
_MOVING = {"index", "replace", "delete", "forget", "undo"}


def troubles_after_restart(clients: Sequence[Client]) -> Iterator[str]:
    """Yield what is lost, half there, or there though nobody asked for it; bring the ledgers up to what is found.

    Args:
        clients: with the ledgers of those who died, on the catalog that serves again; nobody else writes.

    """
    ledgers = [client.ledger for client in clients]
    images = _images(clients[0])
    yield from _photos(ledgers, images)
    yield from _libraries(clients)
    edits = _edits(clients[0])
    unknown = {name: edit for name, edit in edits.items() if not any(name in ledger.edits for ledger in ledgers)}
    yield from _acknowledged_edits(ledgers, edits)
    # It moves faces of anybody, and how far it came is told to nobody.
    reclustering = any(ledger.in_flight == "recluster" for ledger in ledgers)
    for edit in unknown.values():
        if not reclustering:
            yield from _half_done(clients[0], edit)
    for client in clients:
        yield from _last_edit(client, edits, unknown, reclustering=reclustering)
        yield from _view(client, unknown, reclustering=reclustering)
    claimed = set[str]()
    for client in clients:
        yield from _asked_again(client, claimed)
        client.ledger.in_flight = ""
        client.look()
    for name in set(unknown) - claimed:
        yield f"{name} is there, and the request_id that made it does not find it"


def _photos(ledgers: Sequence[Ledger], images: Mapping[str, Image]) -> Iterator[str]:
    for ledger in ledgers:
        unsure = [sha256 for sha256, photo in ledger.photos.items() if photo.there is None]
        if ledger.in_flight == "replace" and len(unsure) > 1 and not set(unsure) & set(images):
            yield f"photo {unsure[0][:12]} is gone, and what was to replace it is not there"
        for sha256, photo in ledger.photos.items():
            image = images.get(sha256)
            if photo.there is True and image is None:
                yield f"photo {sha256[:12]} was acknowledged, and is lost"
            elif photo.there is False and image is not None:
                yield f"photo {sha256[:12]} was deleted, and is back"
            elif image is not None and (len(image.faces) != photo.faces or len(image.objects) != 1):
                yield f"photo {sha256[:12]} has {len(image.faces)} of {photo.faces} faces, {len(image.objects)} objects"
            photo.there = image is not None
        ledger.give_places()
    strangers = set(images) - {sha256 for ledger in ledgers for sha256 in ledger.photos}
    if strangers:
        yield f"photos that nobody indexed: {sorted(strangers)[:3]}"


def _libraries(clients: Sequence[Client]) -> Iterator[str]:
    libraries = list_libraries(clients[0])
    for client in clients:
        for library_id, thing in client.ledger.libraries.items():
            there = library_id in libraries
            if thing.there is not None and thing.there != there:
                yield f"library {library_id} is there: {there}; acknowledged: {thing.there}"
            elif there and libraries[library_id].display_name != thing.name:
                yield f"library {library_id} has the name {libraries[library_id].display_name!r}, not {thing.name!r}"
            thing.there = there
    yield from troubles_of_list(libraries, {one for client in clients for one in client.ledger.libraries})


def _acknowledged_edits(ledgers: Sequence[Ledger], edits: Mapping[str, Edit]) -> Iterator[str]:
    for ledger in ledgers:
        for name, undone in ledger.edits.items():
            edit = edits.get(name)
            if edit is None:
                if len(edits) < _KEPT_EDITS:
                    yield f"{name} was acknowledged, and is lost"
                continue
            if undone is not None and edit.undone != undone:
                yield f"{name} is undone: {edit.undone}; acknowledged: {undone}"
            ledger.edits[name] = edit.undone


def _half_done(client: Client, edit: Edit) -> Iterator[str]:
    """Yield in what people differ from what an edit says that it has made of them; nothing has changed them since."""
    for change in edit.people:
        try:
            request = people_pb.GetPersonRequest(name=change.person)
            person = client.call("PeopleService/GetPerson", request, people_pb.GetPersonResponse).person
            found = (person.face_count, person.display_name, person.hidden)
        except RefusedError:
            found = (0, "", False)
        expected = (change.face_count_after, change.display_name_after, change.hidden_after)
        if found[0] != expected[0] or (found[0] and found != expected):
            yield f"{edit.name} is there, and {change.person} is {found}, not {expected}"


def _last_edit(
    client: Client, edits: Mapping[str, Edit], unknown: Mapping[str, Edit], *, reclustering: bool
) -> Iterator[str]:
    """Yield in what people differ from what the client's last edit has made of them, if nothing came after it."""
    ledger = client.ledger
    edit, ledger.last_edit = edits.get(ledger.last_edit), ""
    moved = reclustering or ledger.reclusterings != client.fate.reclusterings
    if edit is None or edit.undone or moved or ledger.in_flight in _MOVING:
        return
    people = {change.person for change in edit.people}
    if not any(change.person in people for other in unknown.values() for change in other.people):
        yield from _half_done(client, edit)


def _view(client: Client, unknown: Mapping[str, Edit], *, reclustering: bool) -> Iterator[str]:
    """Yield what changed of a client's people though nothing that was asked for may have changed it."""
    before, ledger = client.ledger.view, client.ledger
    if before is None:
        return
    after = client.look()
    known = {person for view in (before, after) for person in view.people}
    touched = any(change.person in known for edit in unknown.values() for change in edit.people)
    # What was under way may be done; then photos, edits and libraries were looked at already.
    if touched or ledger.in_flight in _MOVING:
        return
    moved = reclustering or before.reclusterings != client.fate.reclusterings
    possible = [before]
    asked = ledger.asked.request if ledger.asked is not None else None
    if isinstance(asked, edits_pb.ReassignFacesRequest) and not all(edit.people for edit in unknown.values()):
        # Faces of nobody that were put with nobody, or released there: that changes pins, and no people.
        possible.append(before.pinned(asked.faces, pinned=not asked.HasField("automatic")))
    differences = [view.breaks_word(after) if moved else view.differs(after) for view in possible]
    if all(differences):
        yield f"client {client.number} with {ledger.in_flight or 'nothing'} under way: {differences[0]}"


def _asked_again(client: Client, claimed: set[str]) -> Iterator[str]:
    """Ask twice for the edit that was not answered; yield whether it is made twice, and add what it is to `claimed`."""
    asked, client.ledger.asked = client.ledger.asked, None
    if asked is None:
        return
    names = []
    for _ in range(2):
        answer = client.ask(asked.path, asked.request)
        # Every answer to an edit begins with it, whatever the method.
        edit = edits_pb.SeparatePeopleResponse.FromString(answer.bodies[-1]).edit if answer.bodies else Edit()
        names.append((edit.name, answer.reason))
        if edit.name:
            client.ledger.edits[edit.name] = edit.undone
    if names[0] != names[1]:
        yield f"{asked.path} sent twice with one request_id: {names}"
    claimed |= {name for name, _ in names}


def _images(client: Client) -> dict[str, Image]:
    images, token = dict[str, Image](), ""
    while True:
        request = image_pb.ListImagesRequest(parent=LIBRARY, page_size=500, page_token=token)
        page = client.call("ImageService/ListImages", request, image_pb.ListImagesResponse)
        images |= {image.name.rpartition("/")[2]: image for image in page.images}
        token = page.next_page_token
        if not token:
            return images


def _edits(client: Client) -> dict[str, Edit]:
    edits, token = dict[str, Edit](), ""
    while True:
        request = edits_pb.ListEditsRequest(parent=LIBRARY, page_size=100, page_token=token)
        page = client.call("PeopleEditService/ListEdits", request, edits_pb.ListEditsResponse)
        edits |= {edit.name: edit for edit in page.edits}
        token = page.next_page_token
        if not token:
            return edits
