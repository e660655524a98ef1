from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.entries import Task
from models.manifest import load_manifest
from services.common.errors import AlbumenError, UnavailableError
from services.embedder.embedder import Embedder
from services.embedder.face_image import FaceImage

Faces = dict[str, NDArray[np.uint8]]


def _varied(faces: Faces, count: int) -> list[NDArray[np.uint8]]:
    """`count` different pictures of faces."""
    pictures = list(faces.values())
    return [np.roll(pictures[i % len(pictures)], 3 * i, axis=i % 2) for i in range(count)]


def test_faces_of_one_person_are_near_and_of_two_are_far(embedder: Embedder, faces: Faces) -> None:
    vectors = dict(zip(faces, embedder.embed(list(faces.values())), strict=True))
    distance = {name: 1 - vectors["obama.jpg"] @ vectors[name] for name in faces}

    assert distance["obama2.jpg"] < 0.4
    assert distance["biden.jpg"] > 0.7
    assert distance["astronaut.png"] > 0.6


def test_embeddings_are_unit_vectors(embedder: Embedder, faces: Faces) -> None:
    vectors = embedder.embed(list(faces.values()))

    assert vectors.shape == (len(faces), 512)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 11, 16])
def test_a_batch_of_any_size_equals_one_by_one(count: int, embedder: Embedder, faces: Faces) -> None:
    pictures = _varied(faces, count)

    together = embedder.embed(pictures)

    alone = np.concatenate([embedder.embed([picture]) for picture in pictures])
    assert np.abs(together - alone).max() < 1e-6


def test_no_faces_give_no_embeddings(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, 512)


def test_threads_and_repetition_change_nothing(embedder: Embedder, faces: Faces) -> None:
    pictures = _varied(faces, 5)
    alone = embedder.embed(pictures)

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda _: embedder.embed(pictures), range(8)))

    assert all(np.array_equal(vectors, alone) for vectors in together)


def test_the_model_is_described(embedder: Embedder) -> None:
    info = embedder.model()

    assert info.task is Task.FACE_EMBEDDING
    assert info.embedding_dimension == 512
    assert info.embedding_space == embedder.embedding_space != ""
    assert info.execution_provider == "CPUExecutionProvider"


def test_images_that_cannot_be_decoded_fail_alone(embedder: Embedder, faces: Faces) -> None:
    picture = faces["biden.jpg"]
    images = [
        FaceImage(b"short", is_file=False, field="faces[0].rgb"),
        FaceImage(picture.tobytes(), is_file=False, field="faces[1].rgb"),
        FaceImage(b"no image", is_file=True, field="faces[2].content"),
    ]

    first, second, third = (embedded.outcome for embedded in embedder.embed_images(images))

    assert isinstance(first, AlbumenError)
    assert isinstance(second, np.ndarray)
    assert isinstance(third, AlbumenError)
    assert np.array_equal(second, embedder.embed([picture])[0])


def test_warm_up_runs(embedder: Embedder) -> None:
    embedder.warm_up()


def test_missing_weights_are_told(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="albumen-models pull"):
        Embedder.open(load_manifest().default(Task.FACE_EMBEDDING), tmp_path)
