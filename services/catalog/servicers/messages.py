"""Messages of the catalog's records."""

from datetime import UTC, datetime
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from albumen.catalog.v1 import edit_pb2, image_pb2, library_pb2, person_pb2
from albumen.types.v1 import geometry_pb2
from services.catalog.edits.record import EditKind, EditRecord
from services.catalog.person_record import PersonRecord
from services.catalog.records import (
    LibraryRecord,
    SourceRecord,
    UnavailableLibrary,
)
from services.catalog.servicers.days import day_message
from services.catalog.servicers.resource_names import child_name, library_name
from services.catalog.vocabulary import Box
from services.common.wire.status import to_status

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_SECONDS: Final = 86_400
_EDIT_KINDS: Final = {
    EditKind.UPDATE: edit_pb2.EDIT_KIND_UPDATE,
    EditKind.MERGE: edit_pb2.EDIT_KIND_MERGE,
    EditKind.SPLIT: edit_pb2.EDIT_KIND_SPLIT,
    EditKind.REASSIGN: edit_pb2.EDIT_KIND_REASSIGN,
    EditKind.SEPARATE: edit_pb2.EDIT_KIND_SEPARATE,
    EditKind.REJECT: edit_pb2.EDIT_KIND_REJECT,
    EditKind.ACCEPT: edit_pb2.EDIT_KIND_ACCEPT,
    EditKind.DRAW: edit_pb2.EDIT_KIND_DRAW,
}


def library_message(library: LibraryRecord | UnavailableLibrary) -> library_pb2.Library:
    """Return the message of a library, which may be one that cannot be opened."""
    if isinstance(library, UnavailableLibrary):
        return library_pb2.Library(
            name=library_name(library.id),
            state=library_pb2.LIBRARY_STATE_UNAVAILABLE,
            error=to_status(library.error),
        )
    return library_pb2.Library(
        name=library_name(library.id),
        display_name=library.display_name,
        state=library_pb2.LIBRARY_STATE_READY,
        create_time=timestamp(library.create_time),
        update_time=timestamp(library.update_time),
        image_count=library.image_count,
        trashed_image_count=library.trashed_count,
        face_count=library.face_count,
        ungrouped_face_count=library.ungrouped_count,
        person_count=library.person_count,
        embedding_space=library.embedding_space,
        etag=library.etag,
        clustering=library_pb2.ClusteringParameters(
            eps=library.eps, min_samples=library.min_samples, min_quality=library.min_quality
        ),
        file_bytes=library.file_bytes,
        faces_folder_bytes=library.faces_folder_bytes,
    )


def source_message(library: str, source: SourceRecord) -> image_pb2.Source:
    """Return the message of a place of an image of `library`."""
    return image_pb2.Source(
        uri=source.uri,
        image=child_name(library, "images", source.image_sha256),
        file_name=source.file_name,
        size_bytes=source.size_bytes,
        modify_time=None if source.modify_time is None else timestamp(source.modify_time),
        missing_time=None if source.missing_time is None else timestamp(source.missing_time),
    )


def person_message(library: str, person: PersonRecord) -> person_pb2.Person:
    """Return the message of a person of `library`; one without an id, who does not exist yet, has no name."""
    return person_pb2.Person(
        name=child_name(library, "people", person.id) if person.id else "",
        display_name=person.display_name,
        hidden=person.hidden,
        cover_face=child_name(library, "faces", str(person.cover_face_id)),
        cover_chosen=person.cover_face_id == person.chosen_cover_id,
        cover_thumbnail=person.cover_thumbnail or b"",
        face_count=person.face_count,
        image_count=person.image_count,
        create_time=timestamp(person.create_time),
        update_time=timestamp(person.update_time),
        etag=person.etag,
        favorite=person.favorite,
        birth_date=day_message(person.birth_date),
    )


def edit_message(library: str, edit: EditRecord) -> edit_pb2.Edit:
    """Return the message of an edit of `library`; one without an id, which was not carried out, has no name."""
    return edit_pb2.Edit(
        name=child_name(library, "edits", str(edit.id)) if edit.id else "",
        kind=_EDIT_KINDS[edit.kind],
        create_time=timestamp(edit.create_time),
        undone=edit.undone,
        face_count=edit.face_count,
        person_count=edit.person_count,
        people=[
            edit_pb2.PersonChange(
                person=child_name(library, "people", change.person_id) if change.person_id else "",
                display_name_before=change.before.display_name,
                display_name_after=change.after.display_name,
                face_count_before=change.faces_before,
                face_count_after=change.faces_after,
                hidden_before=change.before.hidden,
                hidden_after=change.after.hidden,
                favorite_before=change.before.favorite,
                favorite_after=change.after.favorite,
                birth_date_before=day_message(change.before.birth_date),
                birth_date_after=day_message(change.after.birth_date),
                cover_face_before=_face_name(library, change.before.cover_face_id),
                cover_face_after=_face_name(library, change.after.cover_face_id),
            )
            for change in edit.people
        ],
    )


def _face_name(library: str, face: int) -> str:
    return child_name(library, "faces", str(face)) if face else ""


def box_message(box: Box) -> geometry_pb2.BoundingBox:
    """Return the message of a box."""
    return geometry_pb2.BoundingBox(left=box.left, top=box.top, width=box.width, height=box.height)


def timestamp(time: datetime) -> Timestamp:
    """Return the message of an aware time."""
    # A page holds hundreds: the library's own conversion takes three times as long.
    since = time - _EPOCH
    return Timestamp(seconds=since.days * _DAY_SECONDS + since.seconds, nanos=since.microseconds * 1000)
