"""Embeddings and analyses that look like those of real photos."""

import hashlib

import numpy as np
import numpy.typing as npt

from services.catalog.vocabulary import Box, DetectedFace, DetectedObject, Exif, ImageAnalysis, Source

Embeddings = npt.NDArray[np.float32]
THUMBNAIL = b"\xff\xd8 not looked at \xff\xd9"


def unit(rows: npt.NDArray[np.float64]) -> Embeddings:
    lengths: npt.NDArray[np.float64] = np.linalg.norm(rows, axis=-1, keepdims=True)
    return (rows / lengths).astype(np.float32)


def galleries(faces: int, people: int, *, seed: int = 0, spread: float = 0.62) -> Embeddings:
    """Clusters on the sphere with the falling spectrum of real embeddings, float32 [faces, 512]."""
    generator = np.random.default_rng(seed)
    spectrum = np.arange(1, 513) ** -0.5
    centres = generator.standard_normal((people, 512)) * spectrum
    noise = generator.standard_normal((faces, 512)) * spectrum
    return unit(centres[generator.integers(0, people, faces)] + spread * noise)


def direction(angle: float, plane: int = 0) -> Embeddings:
    """A vector at `angle` radians in one of 256 planes that are orthogonal to each other."""
    vector = np.zeros(512)
    vector[2 * plane], vector[2 * plane + 1] = np.cos(angle), np.sin(angle)
    return vector.astype(np.float32)


def face(embedding: Embeddings, score: float = 0.9) -> DetectedFace:
    return DetectedFace(
        box=Box(10.5, 20.25, 30, 40),
        landmarks=np.arange(10, dtype=np.float32).reshape(5, 2),
        score=score,
        embedding=embedding,
        thumbnail=THUMBNAIL,
    )


def sha256(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def analysis(
    name: str,
    *embeddings: Embeddings,
    labels: tuple[str, ...] = (),
    source: str | None = None,
    space: str = "space",
    score: float = 0.9,
) -> ImageAnalysis:
    return ImageAnalysis(
        sha256=sha256(name),
        source=Source(f"file:///{name}.jpg" if source is None else source, f"{name}.jpg"),
        mime_type="image/jpeg",
        size_bytes=1000,
        width=640,
        height=480,
        exif=Exif(camera_make="Maker", latitude=-33.5, longitude=151.25),
        objects=tuple(
            DetectedObject(label, 0.3 + 0.1 * position, Box(position, 2, 3, 4)) for position, label in enumerate(labels)
        ),
        faces=tuple(face(embedding, score) for embedding in embeddings),
        object_model="objects",
        face_model="faces",
        embedding_space=space,
    )
