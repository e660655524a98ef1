"""Opens a detection model and checks that it is what its manifest entry says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import urlsplit

import onnxruntime

from models.entries import Model, Registry, Task
from services.common.errors import Reason, UnavailableError
from services.common.inference import DEFAULT_PROVIDERS, ModelInfo, describe, open_model
from services.detector.candidates import Decoder
from services.detector.class_names import class_names_of
from services.detector.families import FAMILIES
from services.detector.model_input import unusable

_LANDMARKS: Final = 5
_USER_REGISTRIES: Final = frozenset({Registry.FILE, Registry.HTTPS})


@dataclass(frozen=True, slots=True)
class DetectionModel:
    """A detection model that is ready to run.

    Attributes:
        info: what it is.
        decoder: runs it.
        min_score: default threshold of its scores, 0 to 1.

    """

    info: ModelInfo
    decoder: Decoder
    min_score: float

    @classmethod
    def open(
        cls, model: Model, weights: Path, *, providers: Sequence[str] = DEFAULT_PROVIDERS, threads: int = 1
    ) -> "DetectionModel":
        """Open the weights of the manifest's entry `model` in the folder `weights`; see `open_model`.

        Raises:
            UnavailableError: MODEL_UNAVAILABLE; as `open_model`, or the model does not detect anything, or it is not
                what its entry says: the message tells what was found.

        """
        family = FAMILIES.get(model.family)
        if family is None or model.thresholds is None:
            raise UnavailableError(
                Reason.MODEL_UNAVAILABLE,
                f"The model {model.id} is of the family {model.family.value}, which detects nothing. "
                "Choose another one.",
            )
        session = open_model(model, weights, providers=providers, threads=threads)
        decoder = family(session, model, model.thresholds.nms_iou)
        info = describe(model, session)
        if model.package.registry in _USER_REGISTRIES:
            # Only the name of the file: its folder is private, and its address may contain a key.
            file_name = PurePosixPath(urlsplit(model.package.name).path).name
            info = replace(info, source=f"{model.source}; {file_name}")
        if model.task is Task.OBJECT_DETECTION:
            info = replace(info, labels=_labels(model, session, decoder.class_count))
        elif decoder.landmark_count != _LANDMARKS:
            raise unusable(model, f"a face needs {_LANDMARKS} landmarks, but it finds {decoder.landmark_count}")
        return cls(info, decoder, model.thresholds.score)


def _labels(model: Model, session: onnxruntime.InferenceSession, count: int) -> tuple[str, ...]:
    names = model.class_names or class_names_of(session)
    if not names:
        raise unusable(model, "its file tells no class names; put class_names into its entry")
    if len(names) != count:
        where = "its entry" if model.class_names else "its file"
        raise unusable(model, f"it has {count} classes, but {where} names {len(names)}")
    return names
