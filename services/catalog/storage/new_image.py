"""The record of an image that was just stored, without reading it back."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np

from services.catalog.records import FaceRecord, ImageRecord, ObjectRecord
from services.catalog.storage.face_owners import FaceOwner
from services.catalog.vocabulary import Box, ImageAnalysis


def new_image_record(
    number: int,
    analysis: ImageAnalysis,
    create_time: datetime,
    label_ids: Mapping[str, int],
    face_ids: Sequence[int],
    owners: Mapping[int, FaceOwner],
) -> ImageRecord:
    """Return what reading the image would give.

    Args:
        number: of the image.
        analysis: what was stored of it.
        create_time: naive UTC.
        label_ids: has all labels.
        face_ids: of its faces, in order.
        owners: whose these are; those that are not there nobody sees.

    """
    faces = [
        FaceRecord(
            id=face_id,
            image_sha256=analysis.sha256,
            person_id=owners[face_id].person_id or None,
            box=_stored(face.box),
            landmarks=tuple((float(x), float(y)) for x, y in face.landmarks.astype(np.float32)),
            score=_float32(face.score),
            quality=face.quality,
            embedding_space=analysis.embedding_space,
            pinned=owners[face_id].pinned,
            person_name=owners[face_id].display_name,
        )
        for face, face_id in zip(analysis.faces, face_ids, strict=True)
        if face_id in owners
    ]
    objects = [ObjectRecord(found.label, _float32(found.score), _stored(found.box)) for found in analysis.objects]
    objects.sort(key=lambda found: (-found.score, label_ids[found.label], found.box.left, found.box.top))
    return ImageRecord(
        number=number,
        sha256=analysis.sha256,
        file_name=analysis.source.file_name,
        source_uris=(analysis.source.uri,) if analysis.source.uri else (),
        mime_type=analysis.mime_type,
        size_bytes=analysis.size_bytes,
        width=analysis.width,
        height=analysis.height,
        exif=analysis.exif,
        create_time=create_time.replace(tzinfo=UTC),
        update_time=create_time.replace(tzinfo=UTC),
        revision=0,
        objects=tuple(objects),
        faces=tuple(sorted(faces, key=lambda face: (-face.score, face.id))),
        object_model=analysis.object_model,
        face_model=analysis.face_model,
    )


def _stored(box: Box) -> Box:
    return Box(_float32(box.left), _float32(box.top), _float32(box.width), _float32(box.height))


def _float32(value: float) -> float:
    return float(np.float32(value))
