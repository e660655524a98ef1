"""Messages of images."""

from datetime import datetime, timedelta
from typing import Final

from google.protobuf import timestamp_pb2
from google.type import datetime_pb2, latlng_pb2

from albumen.catalog.v1 import image_pb2
from albumen.types.v1 import detection_pb2, geometry_pb2
from services.catalog.parts import ImageParts
from services.catalog.records import ImageRecord, ObjectRecord
from services.catalog.servicers.face_message import face_message
from services.catalog.servicers.messages import timestamp
from services.catalog.servicers.record_fields import RecordFields
from services.catalog.servicers.resource_names import child_name

_NAME_ONLY: Final = ImageParts(0)


def _objects(_: str, image: ImageRecord) -> list[detection_pb2.ObjectDetection]:
    return [_object(item) for item in image.objects]


def _object(item: ObjectRecord) -> detection_pb2.ObjectDetection:
    message, own = detection_pb2.ObjectDetection(label=item.label, score=item.score), item.box
    # Filled in place, as a message that is handed over is copied.
    box = message.box
    box.left, box.top, box.width, box.height = own.left, own.top, own.width, own.height
    return message


def _capture_time(_: str, image: ImageRecord) -> datetime_pb2.DateTime | None:
    time = image.exif.capture_time
    if time is None:
        return None
    message = datetime_pb2.DateTime(
        year=time.year,
        month=time.month,
        day=time.day,
        hours=time.hour,
        minutes=time.minute,
        seconds=time.second,
        nanos=time.microsecond * 1000,
    )
    if image.exif.utc_offset_minutes is not None:
        message.utc_offset.FromTimedelta(timedelta(minutes=image.exif.utc_offset_minutes))
    return message


def _camera(_: str, image: ImageRecord) -> image_pb2.Camera | None:
    make, model = image.exif.camera_make, image.exif.camera_model
    return image_pb2.Camera(make=make or "", model=model or "") if make or model else None


def _location(_: str, image: ImageRecord) -> latlng_pb2.LatLng | None:
    latitude, longitude = image.exif.latitude, image.exif.longitude
    if latitude is None or longitude is None:
        return None
    return latlng_pb2.LatLng(latitude=latitude, longitude=longitude)


def _time(time: datetime | None) -> timestamp_pb2.Timestamp | None:
    return None if time is None else timestamp(time)


IMAGE_FIELDS: Final = RecordFields[image_pb2.Image, ImageRecord, ImageParts](
    image_pb2.Image,
    {
        "name": (_NAME_ONLY, lambda library, image: child_name(library, "images", image.sha256)),
        "file_name": (ImageParts.PLACES, lambda _, image: image.file_name),
        "source_uris": (ImageParts.PLACES, lambda _, image: image.source_uris),
        "mime_type": (ImageParts.FILE, lambda _, image: image.mime_type),
        "size_bytes": (ImageParts.FILE, lambda _, image: image.size_bytes),
        "size": (ImageParts.FILE, lambda _, image: geometry_pb2.PixelSize(width=image.width, height=image.height)),
        "capture_time": (ImageParts.EXIF, _capture_time),
        "camera": (ImageParts.EXIF, _camera),
        "location": (ImageParts.EXIF, _location),
        "objects": (ImageParts.OBJECTS, _objects),
        "faces": (ImageParts.FACES, lambda library, image: [face_message(library, face) for face in image.faces]),
        "object_model": (ImageParts.FILE, lambda _, image: image.object_model),
        "face_model": (ImageParts.FILE, lambda _, image: image.face_model),
        "create_time": (ImageParts.FILE, lambda _, image: timestamp(image.create_time)),
        "update_time": (ImageParts.FILE, lambda _, image: timestamp(image.update_time)),
        "etag": (ImageParts.FILE, lambda _, image: image.etag),
        "albums": (
            ImageParts.ALBUMS,
            lambda library, image: [child_name(library, "albums", one) for one in image.albums],
        ),
        "favorite": (ImageParts.STATEMENTS, lambda _, image: image.statements.favorite),
        "rating": (ImageParts.STATEMENTS, lambda _, image: image.statements.rating),
        "description": (ImageParts.STATEMENTS, lambda _, image: image.statements.description),
        "tags": (ImageParts.STATEMENTS, lambda _, image: image.statements.tags),
        "delete_time": (ImageParts.STATEMENTS, lambda _, image: _time(image.delete_time)),
        "purge_time": (ImageParts.STATEMENTS, lambda _, image: _time(image.purge_time)),
        "number": (_NAME_ONLY, lambda _, image: image.number),
    },
)
# What is sent without a read mask: all but what is looked for elsewhere.
IMAGE_DEFAULT: Final = frozenset(image_pb2.Image.DESCRIPTOR.fields_by_name) - {"albums"}
image_message: Final = IMAGE_FIELDS.whole.message
