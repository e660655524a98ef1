"""Lists the ways in which the embedder can be configured, as far as its settings show."""

import enum
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

from models.entries import Task
from models.manifest import Manifest
from services.common.settings import ServiceSettings

_MODEL: Final = "model"
_PROFILE: Final = "profile"


@dataclass(frozen=True, slots=True)
class EmbedderVariant:
    """One way to set up the embedder.

    Attributes:
        profile: the profile that it is asked for; empty for the default.
        environment: the settings that ask for it.

    """

    profile: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


def embedder_variants(settings: type[ServiceSettings], manifest: Manifest, weights: Path) -> list[EmbedderVariant]:
    """Return every model whose weights are there, with every profile.

    Models are chosen by the setting ``model``, profiles by ``profile``, whose type lists them; where the embedder has
    no such setting, its default stands.
    """
    prefix = settings.model_config.get("env_prefix", "")
    models: list[str] = []
    profiles: list[str] = []
    if _MODEL in settings.model_fields:
        embedders = manifest.for_task(Task.FACE_EMBEDDING)
        models = [model.id for model in embedders if (weights / model.file).is_file()]
    if _PROFILE in settings.model_fields:
        profiles = _choices(settings.model_fields[_PROFILE].annotation)
    return [
        EmbedderVariant(
            profile,
            {f"{prefix}{name}".upper(): value for name, value in ((_MODEL, model), (_PROFILE, profile)) if value},
        )
        for model, profile in itertools.product(models or [""], profiles or [""])
    ]


def _choices(annotation: Any) -> list[str]:  # noqa: ANN401 - annotations have no common type
    """Return the values that a Literal or an enumeration allows, also inside of a union."""
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return [str(member.value) for member in annotation]
    if get_origin(annotation) is Literal:
        return [str(value) for value in get_args(annotation)]
    return [choice for part in get_args(annotation) for choice in _choices(part)]
