"""The core of the detector: from the bytes of a photo to objects and faces."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.common.decoding.decoder import Decoders
from services.common.decoding.thread_decoders import ThreadDecoders
from services.common.errors import InvalidArgumentError, Reason
from services.common.excerpt import excerpt
from services.common.inference import ModelInfo
from services.common.limits import MAX_FACES_PER_IMAGE, MAX_OBJECTS_PER_IMAGE, DecodeLimits, ImageLimits
from services.detector.candidates import Candidates
from services.detector.detection_model import DetectionModel
from services.detector.detections import (
    Box,
    Detections,
    FaceCrop,
    FaceDetection,
    Landmarks,
    ObjectDetection,
    Point,
)
from services.detector.face_crop import cut_faces
from services.detector.face_quality import SHARPNESS_SIZE, face_quality
from services.detector.known_faces import check_inside, look_at
from services.detector.options import DetectOptions, FaceOptions, ObjectOptions
from services.detector.photo import Photo

_DEFAULT_LIMITS: Final = ImageLimits()
_WARM_UP_SIZE: Final = 640


class Detector:
    """Finds objects and faces in photos. Keeps nothing of a photo; safe to use from several threads.

    Args:
        objects: finds objects.
        faces: finds faces.
        decoders: decode photos; in the thread that asks for it if there are none.
        limits: how large a photo may be.
        max_objects: maximum number of objects reported of one photo.
        max_faces: maximum number of faces reported of one photo.

    """

    def __init__(
        self,
        objects: DetectionModel,
        faces: DetectionModel,
        *,
        decoders: Decoders | None = None,
        limits: ImageLimits = _DEFAULT_LIMITS,
        max_objects: int = MAX_OBJECTS_PER_IMAGE,
        max_faces: int = MAX_FACES_PER_IMAGE,
    ) -> None:
        self._objects = objects
        self._faces = faces
        self._decoders = decoders or ThreadDecoders(DecodeLimits())
        self._limits = limits
        self._max_objects = max_objects
        self._max_faces = max_faces

    def models(self) -> tuple[ModelInfo, ...]:
        """Describe the models: the one for objects, then the one for faces."""
        return self._objects.info, self._faces.info

    def warm_up(self) -> None:
        """Run each model once, so that the first request does not pay for lazy initialisation."""
        blank = np.zeros((_WARM_UP_SIZE, _WARM_UP_SIZE, 3), np.uint8)
        for model in (self._objects, self._faces):
            model.decoder.detect(blank, min_score=model.min_score, classes=None, limit=1)

    def detect(self, image: bytes, options: DetectOptions) -> Detections:
        """Find objects and faces in a photo, and cut the faces out of it.

        Args:
            image: the whole image file.
            options: what to look for.

        Raises:
            InvalidArgumentError: IMAGE_EMPTY, IMAGE_TOO_LARGE, IMAGE_FORMAT_UNSUPPORTED, IMAGE_UNREADABLE,
                IMAGE_TOO_COSTLY, IMAGE_TOO_MANY_PIXELS, IMAGE_TOO_MUCH_MEMORY, LABEL_UNKNOWN, BOX_OUTSIDE_IMAGE.
            AlbumenError: see `Decoders`.

        """
        classes = self._class_indices(options.objects.labels) if options.objects else None
        with self._decoders.lend(image) as decoder:
            return self._detect(Photo(image, self._limits, decoder), options, classes)

    def _detect(self, photo: Photo, options: DetectOptions, classes: NDArray[np.int64] | None) -> Detections:
        models = []
        if options.objects:
            models.append(self._objects)
        if options.faces:
            check_inside(options.faces.boxes, photo)
            if not options.faces.boxes:
                models.append(self._faces)
        # Decoded once for both, at the scale that the more demanding model needs. Faces that the caller knows of are
        # looked at more closely than that.
        scale = max((model.decoder.scale(photo.width, photo.height) for model in models), default=0.0)
        objects = self._find_objects(photo, scale, options.objects, classes) if options.objects else ()
        faces = self._find_faces(photo, scale, options.faces) if options.faces else ()
        return Detections(
            width=photo.width,
            height=photo.height,
            objects=objects,
            faces=faces,
            decode_seconds=photo.decode_seconds,
            object_model=self._objects.info.id if options.objects else "",
            face_model=self._faces.info.id if options.faces else "",
        )

    def check_photo(self, image: bytes) -> None:
        """Check what a photo's file says of itself, without decoding it.

        Raises:
            InvalidArgumentError: IMAGE_EMPTY, IMAGE_TOO_LARGE, IMAGE_FORMAT_UNSUPPORTED, IMAGE_UNREADABLE,
                IMAGE_TOO_COSTLY or IMAGE_TOO_MANY_PIXELS.
            AlbumenError: see `Decoders`.

        """
        with self._decoders.lend(image) as decoder:
            decoder.header(self._limits)

    def check_labels(self, labels: frozenset[str]) -> None:
        """Check that the model for objects knows these classes.

        Raises:
            InvalidArgumentError: LABEL_UNKNOWN.

        """
        known = self._objects.info.labels
        if unknown := sorted(labels.difference(known)):
            raise InvalidArgumentError(
                Reason.LABEL_UNKNOWN,
                f"The model {self._objects.info.id} has no class {excerpt(', '.join(unknown))!r}. ListModels has its "
                "classes.",
                field="object_options.labels",
            )

    def _class_indices(self, labels: frozenset[str]) -> NDArray[np.int64] | None:
        """Return the classes with those names, int64 [k]; None, which means all, if there are none."""
        self.check_labels(labels)
        if not labels:
            return None
        return np.array([i for i, label in enumerate(self._objects.info.labels) if label in labels], np.int64)

    def _find_objects(
        self,
        photo: Photo,
        scale: float,
        options: ObjectOptions,
        classes: NDArray[np.int64] | None,
    ) -> tuple[ObjectDetection, ...]:
        limit = min(options.max_results or self._max_objects, self._max_objects)
        found = _find(self._objects, photo, scale, options.min_score, classes, limit)
        labels = self._objects.info.labels
        rows = zip(found.classes.tolist(), found.scores.tolist(), found.boxes.tolist(), strict=True)
        return tuple(ObjectDetection(labels[index], score, _clipped(corners, photo)) for index, score, corners in rows)

    def _find_faces(self, photo: Photo, scale: float, options: FaceOptions) -> tuple[FaceDetection, ...]:
        if options.boxes:
            found = look_at(self._faces, photo, options.boxes, options.min_score)
            return self._describe(photo, found, options.boxes, include_crops=options.include_crops)
        limit = min(options.max_results or self._max_faces, self._max_faces)
        found = _find(self._faces, photo, scale, options.min_score, None, limit)
        shown = [_clipped(corners, photo) for corners in found.boxes.tolist()]
        return self._describe(photo, found, shown, include_crops=options.include_crops)

    @staticmethod
    def _describe(
        photo: Photo, found: Candidates, shown: Sequence[Box], *, include_crops: bool
    ) -> tuple[FaceDetection, ...]:
        """Return faces that were found, with the boxes that are `shown` of them."""
        all_corners: list[list[float]] = found.boxes.tolist()
        # Crops and sizes come from the whole boxes, so that a face cut off by the border keeps its proportions.
        boxes = [_box(*corners) for corners in all_corners]
        crops: Sequence[FaceCrop | None] = cut_faces(photo, boxes) if include_crops else [None] * len(boxes)
        # Quality is measured on pixels fine enough for the smallest face; mostly these are decoded already.
        shortest = min((min(box.width, box.height) for box in boxes), default=math.inf)
        pixels = photo.pixels(SHARPNESS_SIZE / shortest)
        size = photo.width, photo.height
        rows = zip(shown, boxes, found.landmarks.tolist(), found.scores.tolist(), crops, strict=True)
        faces = []
        for box_shown, box, points, score, crop in rows:
            is_seen = not any(math.isnan(x) for x, _ in points)
            landmarks = Landmarks(*(Point(x, y) for x, y in points)) if is_seen else None
            quality = face_quality(box, landmarks, size, pixels)
            faces.append(FaceDetection(box_shown, landmarks, score, quality, crop))
        return tuple(faces)


def _find(
    model: DetectionModel,
    photo: Photo,
    scale: float,
    min_score: float | None,
    classes: NDArray[np.int64] | None,
    limit: int,
) -> Candidates:
    pixels = photo.pixels(scale)
    threshold = model.min_score if min_score is None else min_score
    found = model.decoder.detect(pixels, min_score=threshold, classes=classes, limit=limit)
    height, width = pixels.shape[:2]
    return found.rescaled(photo.width / width, photo.height / height, photo.width, photo.height)


def _box(left: float, top: float, right: float, bottom: float) -> Box:
    return Box(left, top, right - left, bottom - top)


def _clipped(corners: Sequence[float], photo: Photo) -> Box:
    left, top, right, bottom = corners
    return _box(max(left, 0.0), max(top, 0.0), min(right, photo.width), min(bottom, photo.height))
