"""Which of the manifest's models a service runs."""

from pathlib import Path

from models.entries import Model, Task
from models.errors import ManifestError
from models.manifest import load_manifest
from services.common.errors import Reason, UnavailableError


def choose_model(task: Task, model_id: str | None, models_file: Path | None) -> Model:
    """Return the model for `task`: the one of that id, or the manifest's default; `models_file` adds a user's own.

    Raises:
        UnavailableError: MODEL_UNAVAILABLE, there is no such model or a manifest is wrong.

    """
    try:
        return load_manifest(custom=models_file).chosen(task, model_id)
    except ManifestError as error:
        raise UnavailableError(Reason.MODEL_UNAVAILABLE, f"The model can't be chosen: {error}.") from error
