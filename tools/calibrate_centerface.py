"""Measures the activations of CenterFace on a folder of photos: ``python -m tools.calibrate_centerface FOLDER``.

To be run after a change of the network, its input size or the quantisation; writes `models/conversion/centerface.toml`.
The hashes in the manifest change with it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import onnxruntime
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from models.conversion import centerface_int8
from models.conversion.activation_ranges import measure_peaks, measure_usual_ranges
from models.conversion.calibration import CENTERFACE, Calibration
from models.conversion.equalise import doublings, equalisable_tensors, equalise
from models.conversion.quantise import quantised_tensors
from models.conversion.serialise import serialise
from models.entries import Converter
from models.manifest import load_manifest
from services.common.errors import AlbumenError
from services.common.limits import ImageLimits
from services.detector.model_input import Convention, Fit, ModelInput
from services.detector.photo import Photo
from tools.calibrate_facenet import photos_in, source_weights


def main(
    photos: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Folder of photos, read recursively.")],
    output: Annotated[Path, typer.Option(help="File to write.")] = CENTERFACE,
) -> None:
    """Measure the peak of each channel, and the activation ranges after equalisation, on all photos."""
    console = Console(stderr=True)
    graph = centerface_int8.build(source_weights(Converter.CENTERFACE))
    session = onnxruntime.InferenceSession(serialise(graph, {}), providers=["CPUExecutionProvider"])
    model = next(model for model in load_manifest().models if model.converter is Converter.CENTERFACE)
    images = list(_images(photos_in(photos), ModelInput(session, model, Convention(Fit.CORNER)), console))
    if not images:
        raise typer.BadParameter(f"{photos} has no photo that can be read")
    watched = tuple(equalisable_tensors(graph))
    peaks = measure_peaks(graph, watched, track(images, "Measuring peaks", console=console))
    doubled = {name: doublings(values) for name, values in peaks.items()}
    graph = equalise(graph, doubled)
    watched = tuple(name for name in quantised_tensors(graph) if name not in centerface_int8.FLOATS)
    ranges = measure_usual_ranges(graph, watched, track(images, "Measuring ranges", console=console))
    remarks = [
        f"Made by `python -m tools.calibrate_centerface` of {len(images)} photos.",
        "`ranges`: smallest and largest value of each activation that the int8 model holds in a byte, averaged over",
        "the photos. `doublings`: one digit per channel, how often it is doubled so that all channels of a tensor are",
        "about equally large.",
    ]
    output.write_text(Calibration(np.empty(0), ranges, doubled).text(remarks), "utf-8")
    console.print(f"Wrote {output}. Convert the model again and put its new hash into the manifest.")


def _images(paths: list[Path], model_input: ModelInput, console: Console) -> Iterator[NDArray[np.uint8]]:
    for path in track(paths, "Reading photos", console=console):
        try:
            photo = Photo(path.read_bytes(), ImageLimits())
            pixels = photo.pixels(model_input.scale(photo.width, photo.height))
        except AlbumenError as error:
            console.print(f"Skipped {path.name}: {error}", markup=False)
            continue
        yield model_input.prepare(pixels)[0]


if __name__ == "__main__":
    typer.run(main)
