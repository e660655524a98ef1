"""Chooses the model that a service runs, from the manifest or a user's own."""

from pathlib import Path

from models.entries import Model, Task
from models.errors import ManifestError
from models.manifest import load_manifest
from services.common.errors import Reason, UnavailableError


def choose_model(task: Task, model_id: str | None, models_file: Path | None) -> Model:
    """Return the model for a task.

    Args:
        task: what the model is for.
        model_id: id in the manifest; None means the default of the task.
        models_file: manifest of a user's own models, which is added to the project's; None means none.

    Raises:
        UnavailableError: MODEL_UNAVAILABLE; there is no such model or a manifest is invalid.

    """
    try:
        return load_manifest(custom=models_file).chosen(task, model_id)
    except ManifestError as error:
        problem = str(error)
        if models_file is not None:
            # The message reaches callers, whom the server's folders do not concern.
            problem = problem.replace(str(models_file), models_file.name)
        raise UnavailableError(Reason.MODEL_UNAVAILABLE, f"The model can't be chosen: {problem}.") from error
