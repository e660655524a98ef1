"""Groups faces by the catalog itself, in a library of its own."""

import hashlib
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np

from accuracy.people.face_set import FaceSet, Labels
from services.catalog.library import Library
from services.catalog.vocabulary import Box, DetectedFace, ImageAnalysis, Source

_FACES_PER_PAGE: Final = 1000


class PeopleLayer:
    """A library in a file, with default parameters; a context manager.

    Every face is an image of its own, so that what the catalog knows of faces that share a photo is no help to it.

    Args:
        path: the file, new.

    """

    def __init__(self, path: Path) -> None:
        self._library = Library(path, "default")
        self._places: dict[str, int] = {}

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._library.close()

    def add(self, faces: FaceSet) -> None:
        """Add faces one by one, in their order."""
        for index in range(len(faces)):
            analysis = _analysis(faces, index, len(self._places))
            self._library.add_image(analysis)
            self._places[analysis.sha256] = len(self._places)

    def labels(self) -> Labels:
        """Return the person of each face in the order in which they were added, int64 [n]; -1 for nobody."""
        labels = np.full(len(self._places), -1, np.int64)
        people: dict[str, int] = {}
        after: int | None = None
        while True:
            page = self._library.list_faces(after=after, limit=_FACES_PER_PAGE)
            for face in page.items:
                if face.person_id is not None:
                    labels[self._places[face.image_sha256]] = people.setdefault(face.person_id, len(people))
            if page.next_key is None:
                return labels
            after = page.next_key


def _analysis(faces: FaceSet, index: int, place: int) -> ImageAnalysis:
    left, top, width, height = faces.boxes[index].tolist()
    face = DetectedFace(
        box=Box(left, top, width, height),
        landmarks=np.zeros((5, 2), np.float32),
        score=float(faces.scores[index]),
        embedding=faces.embeddings[index].astype(np.float32),
        thumbnail=b"",
        quality=float(faces.qualities[index]),
    )
    return ImageAnalysis(
        sha256=hashlib.sha256(str(place).encode()).hexdigest(),
        source=Source(file_name=f"{place}.jpg"),
        mime_type="image/jpeg",
        size_bytes=1,
        width=250,
        height=250,
        faces=(face,),
        object_model="none",
        face_model="faces",
        embedding_space="space",
    )
