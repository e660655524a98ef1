"""Chooses the model that plain code uses for a task."""

from models.entries import Model, Task
from models.manifest import Manifest


def plain_model(manifest: Manifest, task: Task) -> Model:
    """Return the services' model for `task` as it was published, in fp32: quantising it is their own work."""
    served = manifest.default(task)
    alike = [model for model in manifest.for_task(task) if model.family is served.family]
    return next((model for model in alike if model.precision == "fp32"), served)
