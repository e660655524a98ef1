"""Where the services' CPU time goes: their cores called one after the other in this process, step by step."""

import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.entries import Task
from models.home import weights_dir
from models.manifest import load_manifest
from services.catalog.catalog import Catalog
from services.catalog.indexing.exif import read_exif
from services.catalog.indexing.thumbnail import face_thumbnail
from services.catalog.library import Library
from services.catalog.vocabulary import Box, DetectedFace, DetectedObject, ImageAnalysis, Source
from services.common.image_header import read_header
from services.common.limits import MAX_FACES_PER_IMAGE, MAX_OBJECTS_PER_IMAGE, ImageLimits
from services.detector.candidates import Candidates
from services.detector.detection_model import DetectionModel
from services.detector.detections import Box as FaceBox
from services.detector.detections import FaceCrop
from services.detector.face_crop import cut_faces
from services.detector.photo import Photo
from services.embedder.embedder import Embedder


class Stage(NamedTuple):
    """A step of a photo's way: the service that does it, and what it does."""

    service: str
    name: str


DECODE = Stage("detector", "read and decode the JPEG")
OBJECTS = Stage("detector", "find objects")
FACES = Stage("detector", "find faces")
CROPS = Stage("detector", "cut out faces, decoding anew where they are small")
EMBED = Stage("embedder", "embed faces")
INSPECT = Stage("catalog", "hash, header, EXIF")
THUMBNAILS = Stage("catalog", "encode face thumbnails")
LOOK_UP = Stage("catalog", "look twice whether the photo is known")
STORE = Stage("catalog", "write to DuckDB and cluster")


class Stages:
    """The cores of the detector and the embedder, opened as the services open them.

    Attributes:
        cpu_seconds: CPU time of each step so far.

    """

    def __init__(self) -> None:
        manifest, weights = load_manifest(), weights_dir()
        self._objects = DetectionModel.open(manifest.default(Task.OBJECT_DETECTION), weights)
        self._faces = DetectionModel.open(manifest.default(Task.FACE_DETECTION), weights)
        self._embedder = Embedder.open(manifest.default(Task.FACE_EMBEDDING), weights)
        self._limits = ImageLimits()
        self.cpu_seconds: defaultdict[Stage, float] = defaultdict(float)

    def index(self, path: Path, library: Library) -> None:
        """Take one photo all the way into a library."""
        data = path.read_bytes()
        with self._timed(INSPECT):
            sha256 = hashlib.sha256(data).hexdigest()
            header, exif = read_header(data, self._limits), read_exif(data)
        with self._timed(LOOK_UP):
            # The command line asks before it sends, and the catalog before the bytes have come.
            library.find_images([sha256])
            library.surely_lacks(sha256)
        with self._timed(DECODE):
            photo = Photo(data, self._limits)
            models = (self._objects, self._faces)
            pixels = photo.pixels(max(model.decoder.scale(photo.width, photo.height) for model in models))
        with self._timed(OBJECTS):
            objects = _find(self._objects, photo, pixels, MAX_OBJECTS_PER_IMAGE)
        with self._timed(FACES):
            faces = _find(self._faces, photo, pixels, MAX_FACES_PER_IMAGE)
        with self._timed(CROPS):
            crops = cut_faces(photo, [FaceBox(*_extent(box)) for box in faces.boxes.tolist()])
        with self._timed(EMBED):
            embeddings = self._embedder.embed([crop.rgb for crop in crops])
        with self._timed(THUMBNAILS):
            thumbnails = [_thumbnail(crop) for crop in crops]
        analysis = ImageAnalysis(
            sha256, Source("", path.name), header.mime_type, len(data), photo.width, photo.height, exif,
            objects=self._things(objects),
            faces=_detected(faces, embeddings, thumbnails),
            embedding_space=self._embedder.embedding_space if crops else "",
        )  # fmt: skip
        with self._timed(STORE):
            library.add_image(analysis)

    def _things(self, found: Candidates) -> tuple[DetectedObject, ...]:
        labels = self._objects.info.labels
        rows = zip(found.classes, found.scores.tolist(), found.boxes.tolist(), strict=True)
        return tuple(DetectedObject(labels[i], score, Box(*_extent(box))) for i, score, box in rows)

    @contextmanager
    def _timed(self, stage: Stage) -> Iterator[None]:
        started = time.process_time()
        yield
        self.cpu_seconds[stage] += time.process_time() - started


def measure_stages(folder: Path, photos: Sequence[Path], advance: Callable[[], None]) -> dict[Stage, float]:
    """Return the CPU seconds a photo that each step takes; libraries are in `folder`."""
    stages, catalog = Stages(), Catalog(folder)
    try:
        for library_id, measured in (("warm-up", photos[:2]), ("measured", photos)):
            catalog.create(library_id)
            stages.cpu_seconds.clear()
            with catalog.lease(library_id) as library:
                for path in measured:
                    stages.index(path, library)
                    advance()
    finally:
        catalog.close()
    return {stage: seconds / len(photos) for stage, seconds in stages.cpu_seconds.items()}


def _find(model: DetectionModel, photo: Photo, pixels: NDArray[np.uint8], limit: int) -> Candidates:
    found = model.decoder.detect(pixels, min_score=model.min_score, classes=None, limit=limit)
    height, width = pixels.shape[:2]
    return found.rescaled(photo.width / width, photo.height / height, photo.width, photo.height)


def _detected(
    found: Candidates, embeddings: NDArray[np.float32], thumbnails: Sequence[bytes]
) -> tuple[DetectedFace, ...]:
    rows = zip(found.boxes.tolist(), found.landmarks, found.scores.tolist(), embeddings, thumbnails, strict=True)
    return tuple(DetectedFace(Box(*_extent(box)), *rest) for box, *rest in rows)


def _thumbnail(crop: FaceCrop) -> bytes:
    return face_thumbnail(crop.rgb.tobytes(), crop.region.width, crop.region.height)


def _extent(corners: Sequence[float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = corners
    return left, top, right - left, bottom - top
