"""Messages of the catalog's records."""

from datetime import datetime, timedelta
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp
from google.type import datetime_pb2, latlng_pb2

from albumen.catalog.v1 import edit_pb2, face_pb2, image_pb2, library_pb2, person_pb2
from albumen.types.v1 import detection_pb2, geometry_pb2
from services.catalog.edits.record import EditKind, EditRecord
from services.catalog.records import (
    FaceRecord,
    ImageRecord,
    LibraryRecord,
    PersonRecord,
    SourceRecord,
    UnavailableLibrary,
)
from services.catalog.servicers.resource_names import child_name, library_name
from services.catalog.vocabulary import Box, Exif
from services.common.wire.status import to_status

_EDIT_KINDS: Final = {
    EditKind.UPDATE: edit_pb2.EDIT_KIND_UPDATE,
    EditKind.MERGE: edit_pb2.EDIT_KIND_MERGE,
    EditKind.SPLIT: edit_pb2.EDIT_KIND_SPLIT,
    EditKind.REASSIGN: edit_pb2.EDIT_KIND_REASSIGN,
    EditKind.SEPARATE: edit_pb2.EDIT_KIND_SEPARATE,
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
        create_time=_timestamp(library.create_time),
        update_time=_timestamp(library.update_time),
        image_count=library.image_count,
        face_count=library.face_count,
        person_count=library.person_count,
        embedding_space=library.embedding_space,
        etag=library.etag,
    )


def image_message(library: str, image: ImageRecord) -> image_pb2.Image:
    """Return the message of an image of `library`."""
    message = image_pb2.Image(
        name=child_name(library, "images", image.sha256),
        file_name=image.file_name,
        source_uris=image.source_uris,
        mime_type=image.mime_type,
        size_bytes=image.size_bytes,
        size=geometry_pb2.PixelSize(width=image.width, height=image.height),
        create_time=_timestamp(image.create_time),
        update_time=_timestamp(image.update_time),
        etag=image.etag,
        objects=[
            detection_pb2.ObjectDetection(label=item.label, score=item.score, box=box_message(item.box))
            for item in image.objects
        ],
        faces=[face_message(library, face) for face in image.faces],
        object_model=image.object_model,
        face_model=image.face_model,
    )
    _set_exif(message, image.exif)
    return message


def face_message(library: str, face: FaceRecord) -> face_pb2.Face:
    """Return the message of a face of `library`."""
    return face_pb2.Face(
        name=child_name(library, "faces", str(face.id)),
        image=child_name(library, "images", face.image_sha256),
        person=child_name(library, "people", face.person_id) if face.person_id else "",
        box=box_message(face.box),
        landmarks=_landmarks(face.landmarks),
        score=face.score,
        quality_score=face.quality,
        embedding_space=face.embedding_space,
        embedding=face.embedding or b"",
        thumbnail=face.thumbnail or b"",
        pinned=face.pinned,
    )


def source_message(library: str, source: SourceRecord) -> image_pb2.Source:
    """Return the message of a place of an image of `library`."""
    return image_pb2.Source(
        uri=source.uri,
        image=child_name(library, "images", source.image_sha256),
        file_name=source.file_name,
        size_bytes=source.size_bytes,
        modify_time=None if source.modify_time is None else _timestamp(source.modify_time),
    )


def person_message(library: str, person: PersonRecord) -> person_pb2.Person:
    """Return the message of a person of `library`; one without an id, who does not exist yet, has no name."""
    return person_pb2.Person(
        name=child_name(library, "people", person.id) if person.id else "",
        display_name=person.display_name,
        hidden=person.hidden,
        cover_face=child_name(library, "faces", str(person.cover_face_id)),
        cover_thumbnail=person.cover_thumbnail or b"",
        face_count=person.face_count,
        image_count=person.image_count,
        create_time=_timestamp(person.create_time),
        update_time=_timestamp(person.update_time),
        etag=person.etag,
    )


def edit_message(library: str, edit: EditRecord) -> edit_pb2.Edit:
    """Return the message of an edit of `library`; one without an id, which was not carried out, has no name."""
    return edit_pb2.Edit(
        name=child_name(library, "edits", str(edit.id)) if edit.id else "",
        kind=_EDIT_KINDS[edit.kind],
        create_time=_timestamp(edit.create_time),
        undone=edit.undone,
        face_count=edit.face_count,
        person_count=edit.person_count,
        people=[
            edit_pb2.PersonChange(
                person=child_name(library, "people", change.person_id) if change.person_id else "",
                display_name_before=change.name_before,
                display_name_after=change.name_after,
                face_count_before=change.faces_before,
                face_count_after=change.faces_after,
                hidden_before=change.hidden_before,
                hidden_after=change.hidden_after,
            )
            for change in edit.people
        ],
    )


def box_message(box: Box) -> geometry_pb2.BoundingBox:
    """Return the message of a box."""
    return geometry_pb2.BoundingBox(left=box.left, top=box.top, width=box.width, height=box.height)


def _set_exif(message: image_pb2.Image, exif: Exif) -> None:
    if exif.capture_time is not None:
        message.capture_time.CopyFrom(_date_time(exif.capture_time, exif.utc_offset_minutes))
    if exif.camera_make or exif.camera_model:
        message.camera.make = exif.camera_make or ""
        message.camera.model = exif.camera_model or ""
    if exif.latitude is not None and exif.longitude is not None:
        message.location.CopyFrom(latlng_pb2.LatLng(latitude=exif.latitude, longitude=exif.longitude))


def _date_time(time: datetime, utc_offset_minutes: int | None) -> datetime_pb2.DateTime:
    message = datetime_pb2.DateTime(
        year=time.year,
        month=time.month,
        day=time.day,
        hours=time.hour,
        minutes=time.minute,
        seconds=time.second,
        nanos=time.microsecond * 1000,
    )
    if utc_offset_minutes is not None:
        message.utc_offset.FromTimedelta(timedelta(minutes=utc_offset_minutes))
    return message


def _timestamp(time: datetime) -> Timestamp:
    message = Timestamp()
    message.FromDatetime(time)
    return message


def _landmarks(points: tuple[tuple[float, float], ...]) -> detection_pb2.FaceLandmarks:
    left_eye, right_eye, nose, mouth_left, mouth_right = (geometry_pb2.Point(x=x, y=y) for x, y in points)
    return detection_pb2.FaceLandmarks(
        left_eye=left_eye, right_eye=right_eye, nose=nose, mouth_left=mouth_left, mouth_right=mouth_right
    )
