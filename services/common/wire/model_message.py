"""What a service says of its models, as a message and in the log."""

from collections.abc import Iterable
from typing import Final

import structlog

from albumen.types.v1 import model_pb2
from models.entries import Task
from services.common.inference import ModelInfo

_TASKS: Final = {
    Task.OBJECT_DETECTION: model_pb2.MODEL_TASK_OBJECT_DETECTION,
    Task.FACE_DETECTION: model_pb2.MODEL_TASK_FACE_DETECTION,
    Task.FACE_EMBEDDING: model_pb2.MODEL_TASK_FACE_EMBEDDING,
}

_log = structlog.get_logger("model")


def log_models(infos: Iterable[ModelInfo]) -> None:
    """Log which models run from now on, and on what: a fallback to the CPU is never silent."""
    for info in infos:
        _log.info("model_in_use", model=info.id, precision=info.precision, execution_provider=info.execution_provider)


def model_message(info: ModelInfo) -> model_pb2.Model:
    """Return the message of a loaded model."""
    return model_pb2.Model(
        id=info.id,
        task=_TASKS[info.task],
        family=info.family,
        version=info.version,
        license=info.license,
        source=info.source,
        precision=info.precision,
        execution_provider=info.execution_provider,
        labels=info.labels,
        embedding_space=info.embedding_space,
        embedding_dimension=info.embedding_dimension,
    )
