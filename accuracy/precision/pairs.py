"""Pairs each quantised model with the fp32 model of the same weights."""

from collections.abc import Sequence
from pathlib import Path

from clients.cli.failure import CommandError
from models.entries import Model
from models.manifest import Manifest

_PLAIN = "fp32"


def precision_pairs(manifest: Manifest, weights: Path) -> list[tuple[Model, Model]]:
    """Return pairs of an fp32 model and another one made of the same source.

    Raises:
        CommandError: a file is missing.

    """
    pairs = [
        (plain, other)
        for plain in manifest.models
        for other in manifest.models
        if plain.precision == _PLAIN != other.precision and plain.source_sha256 == other.source_sha256
    ]
    _require([model for pair in pairs for model in pair], weights)
    return pairs


def _require(models: Sequence[Model], weights: Path) -> None:
    if lacking := [model.id for model in models if not (weights / model.file).is_file()]:
        raise CommandError(
            f"There are no weights of {', '.join(lacking)} in {weights}.",
            advice=f"Run `albumen-models pull {' '.join(lacking)}`.",
        )
