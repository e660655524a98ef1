"""Finds the file of the model that a service used, so that it can be run directly."""

from pathlib import Path

from clients.cli.failure import CommandError
from models.entries import Family, Model, Thresholds
from models.home import weights_dir
from models.manifest import load_manifest


def direct_model(model_id: str, family: Family) -> tuple[Model, Path, Thresholds]:
    """Return the manifest's entry with that id, its weights, and its thresholds.

    Raises:
        CommandError: the manifest has no such model, or it is not of `family`, the one that can be run directly.

    """
    model = next((model for model in load_manifest().models if model.id == model_id), None)
    if model is None or model.family is not family or model.thresholds is None:
        raise CommandError(
            f"The detector uses {model_id}, which can't be run directly beside it: that needs a model of the "
            f"manifest, of the family {family.value}.",
            advice="Unset ALBUMEN_DETECTOR_OBJECT_MODEL and ALBUMEN_DETECTOR_FACE_MODEL to measure the defaults.",
        )
    return model, weights_dir() / model.file, model.thresholds
