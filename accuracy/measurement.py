"""Runs all measurements but that of people, service by service."""

from pathlib import Path

from rich.progress import Progress

from accuracy.detector_client import DetectorClient
from accuracy.embedder_variant import embedder_variants
from accuracy.evaluation_data import EvaluationData
from accuracy.face_detection import Runner, detect_faces
from accuracy.face_verification import crop_faces, photos_of, verify_faces
from accuracy.findings import Findings
from accuracy.object_detection import detect_objects
from accuracy.services import running
from benchmarks.progress import step
from models.home import weights_dir
from models.manifest import load_manifest
from services.embedder.settings import EmbedderSettings

_OBJECT_PASSES = 3


def measure(data: EvaluationData, folder: Path, progress: Progress) -> Findings:
    """Start the services and measure everything; logs go to `folder`.

    Raises:
        CommandError: a service did not start, or refuses a photo or a face.

    """
    photos = photos_of(data.pairs)
    variants = embedder_variants(EmbedderSettings, load_manifest(), weights_dir())
    with running("detector", folder) as channel:
        detector = DetectorClient(channel)
        with step(progress, "Cutting out faces", len(photos)) as advance:
            crops = crop_faces(detector, photos, advance)
        with step(progress, "Finding faces", len(data.faces) * len(Runner)) as advance:
            faces = detect_faces(detector, data.faces, advance)
        with step(progress, "Finding objects", len(data.objects.photos) * _OBJECT_PASSES) as advance:
            objects = detect_objects(detector, data.objects, advance)
    with step(progress, "Comparing faces", len(crops) * len(variants)) as advance:
        embedders = list(verify_faces(data.pairs, crops, variants, folder, advance))
    return Findings(data.source, embedders, faces, objects, len(photos) - len(crops))
