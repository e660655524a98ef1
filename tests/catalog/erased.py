"""Libraries of which something is erased, and what a search of all their bytes finds of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.catalog.library import Library
from services.catalog.library_paths import files_of
from services.catalog.vocabulary import DetectedFace, Exif, ImageAnalysis, Preview, Source
from tests.catalog.clustering.synthetic import Embeddings, analysis, unit


class Usage(NamedTuple):
    """Of a disk, in bytes."""

    total: int
    used: int
    free: int


@dataclass(frozen=True)
class Photo:
    """A photo of which everything is unlike everything else, so that its bytes can be looked for."""

    analysis: ImageAnalysis
    traces: dict[str, bytes]


def compact(library: Library) -> int:
    """Compact a library; return how many steps that took."""
    run = library.compaction.begin()
    try:
        return sum(1 for _ in iter(run.advance, None))
    finally:
        run.close()


def photo(number: int, *, uri: str = "", faces: int = 1, thumbnail_bytes: int = 400) -> Photo:
    """A photo at a place of its own, or at `uri`, of `faces` strangers."""
    generator = np.random.default_rng([number, len(uri)])
    words = {kind: generator.bytes(12).hex() for kind in ("name", "file", "uri", "maker")}
    latitude = generator.uniform(-80, 80)
    seen = [
        replace(_face(unit(generator.standard_normal((1, 512)))[0]), thumbnail=generator.bytes(thumbnail_bytes))
        for _ in range(faces)
    ]
    known = replace(
        analysis(words["name"]),
        source=Source(uri or f"file:///{words['uri']}", f"{words['file']}.jpg"),
        exif=Exif(camera_make=words["maker"], latitude=latitude, longitude=1),
        faces=tuple(seen),
        preview=Preview(8, 6, generator.bytes(thumbnail_bytes)),
    )
    traces = {
        "hash": known.sha256.encode(),
        "file name": known.source.file_name.encode(),
        "EXIF": words["maker"].encode(),
        "place": np.float64(latitude).tobytes(),
    }
    if not uri:
        traces["URI"] = words["uri"].encode()
    for face in seen:
        traces["embedding"] = face.embedding.tobytes()
        traces["thumbnail"] = face.thumbnail
    assert known.preview is not None
    traces["preview"] = known.preview.content
    return Photo(known, traces)


def found(path: Path, traces: dict[str, bytes]) -> set[str]:
    """Return of which traces a part is in one of the library's files."""
    return all_found(path, [traces])[0]


def all_found(path: Path, traces: Sequence[dict[str, bytes]]) -> list[set[str]]:
    """Return of which traces any eight bytes in a row, at whatever position, are in one of the library's files."""
    files = [file for name in files_of(path) for file in (name.rglob("*") if name.is_dir() else [name])]
    content = b"\n".join(file.read_bytes() for file in files if file.is_file())
    parts = [{kind: _windows(value) for kind, value in one.items()} for one in traces]
    wanted = np.unique(np.concatenate([windows for one in parts for windows in one.values()]))
    there = np.intersect1d(wanted, _windows(content))
    return [{kind for kind, windows in one.items() if np.isin(windows, there).any()} for one in parts]


def _windows(value: bytes) -> npt.NDArray[np.uint64]:
    """Return each eight bytes in a row of `value`."""
    return np.concatenate(
        [np.frombuffer(value[start : start + (len(value) - start) // 8 * 8], "<u8") for start in range(8)]
    )


def _face(embedding: Embeddings) -> DetectedFace:
    (face,) = analysis("", embedding).faces
    return face
