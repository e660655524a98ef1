from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic_settings import SettingsConfigDict

from accuracy.embedder_variant import embedder_variants
from models.entries import Task
from models.manifest import load_manifest
from services.common.settings import ServiceSettings


class Profile(StrEnum):
    FAST = "fast"
    ACCURATE = "accurate"


class Plain(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="ALBUMEN_PLAIN_")


class Chosen(Plain):
    model: str | None = None
    profile: Profile | None = None


class Listed(Plain):
    profile: Literal["fast", "accurate"] = "fast"


def test_without_settings_the_default_stands(tmp_path: Path) -> None:
    (only,) = embedder_variants(Plain, load_manifest(), tmp_path)
    assert (only.profile, only.environment) == ("", {})


def test_every_model_that_is_there_comes_with_every_profile(tmp_path: Path) -> None:
    manifest = load_manifest()
    models = manifest.for_task(Task.FACE_EMBEDDING)
    (tmp_path / models[0].file).touch()
    assert [variant.environment for variant in embedder_variants(Chosen, manifest, tmp_path)] == [
        {"ALBUMEN_PLAIN_MODEL": models[0].id, "ALBUMEN_PLAIN_PROFILE": profile} for profile in ("fast", "accurate")
    ]


def test_profiles_may_be_literals(tmp_path: Path) -> None:
    variants = embedder_variants(Listed, load_manifest(), tmp_path)
    assert [variant.profile for variant in variants] == ["fast", "accurate"]
