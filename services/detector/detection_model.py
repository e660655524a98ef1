"""A detection model, opened and ready to run."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.entries import Model
from services.common.errors import Reason, UnavailableError
from services.common.inference import DEFAULT_PROVIDERS, ModelInfo, describe, open_session
from services.detector.candidates import Decoder
from services.detector.families import FAMILIES


@dataclass(frozen=True, slots=True)
class DetectionModel:
    """A detection model.

    Attributes:
        info: what it is.
        decoder: runs it.
        min_score: the score below which its findings are not to be believed, 0 to 1.

    """

    info: ModelInfo
    decoder: Decoder
    min_score: float

    @classmethod
    def open(
        cls, model: Model, weights: Path, *, providers: Sequence[str] = DEFAULT_PROVIDERS, threads: int = 1
    ) -> "DetectionModel":
        """Open the weights of the manifest's entry `model` in the folder `weights`; see `open_session`.

        Raises:
            UnavailableError: MODEL_UNAVAILABLE; as `open_session`, or the model is not for detection.

        """
        family = FAMILIES.get(model.family)
        if family is None or model.thresholds is None:
            raise UnavailableError(
                Reason.MODEL_UNAVAILABLE,
                f"The model {model.id} is of the family {model.family.value}, which detects nothing. "
                "Choose another one.",
            )
        session = open_session(weights / model.file, providers=providers, threads=threads)
        decoder = family(session, model.input, model.thresholds)
        return cls(describe(model, session), decoder, model.thresholds.score)
