"""Reads and validates `manifest.toml`: packages, models, samples and the default model of each task.

Services read it to find their model, so it imports the standard library only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from models.custom import SCHEMA, custom_models, read_toml
from models.entries import (
    Converter,
    Embedding,
    Family,
    Input,
    Kind,
    Model,
    NodeWheel,
    Package,
    Registry,
    Resize,
    Sample,
    Task,
    Thresholds,
)
from models.errors import ManifestError
from models.table import Table

__all__ = [
    "Converter",
    "Embedding",
    "Family",
    "Input",
    "Kind",
    "Manifest",
    "Model",
    "NodeWheel",
    "Package",
    "Registry",
    "Resize",
    "Sample",
    "Task",
    "Thresholds",
    "load_manifest",
]

_PATH = Path(__file__).with_name("manifest.toml")
_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Manifest:
    """All entries, in the order of the file.

    Attributes:
        node: the package that brings npm where the machine has none.
        packages: all packages.
        models: all models; a user's own come last.
        samples: all sample photos.
        defaults: id of the default model of each task.

    """

    node: NodeWheel
    packages: tuple[Package, ...]
    models: tuple[Model, ...]
    samples: tuple[Sample, ...]
    defaults: Mapping[Task, str]

    def model(self, model_id: str) -> Model:
        """Return the model of that id.

        Raises:
            ManifestError: there is none; the message names those that there are.

        """
        for model in self.models:
            if model.id == model_id:
                return model
        known = ", ".join(model.id for model in self.models)
        raise ManifestError(f"there is no model {model_id!r}; the manifest has {known}")

    def for_task(self, task: Task) -> tuple[Model, ...]:
        """Return the models of one task."""
        return tuple(model for model in self.models if model.task is task)

    def default(self, task: Task) -> Model:
        """Return the model that serves a task unless another is chosen."""
        return self.model(self.defaults[task])

    def chosen(self, task: Task, model_id: str | None) -> Model:
        """Return the model for a task: the one of that id, or the default if the id is None or empty.

        Raises:
            ManifestError: there is no such model, or it is for another task.

        """
        model = self.model(model_id) if model_id else self.default(task)
        if model.task is not task:
            choices = ", ".join(other.id for other in self.for_task(task))
            raise ManifestError(f"the model {model.id} is for {model.task}, not for {task}; choose from {choices}")
        return model


def load_manifest(path: Path | None = None, *, custom: Path | None = None) -> Manifest:
    """Read and validate a manifest.

    Args:
        path: the manifest; None for the one beside this module.
        custom: manifest of a user's own models, which are added; None for none.

    Raises:
        ManifestError: something is missing, misspelt or impossible; the message names the entry and the key.

    """
    source = path or _PATH
    root = Table(source.name, read_toml(source))
    if (schema := root.count("schema")) != SCHEMA:
        raise root.error("schema", f"is {schema}; this version of Albumen reads {SCHEMA}")
    packages = root.entries("packages", "id", _package)
    by_id = {package.id: package for package in packages}
    models = root.entries("models", "id", lambda table: _model(table, by_id))
    samples = root.entries("samples", "file", lambda table: _sample(table, by_id))
    defaults = _defaults(root.table("defaults"), models)
    manifest = Manifest(_node(root.table("node")), packages, models, samples, defaults)
    root.done()
    if custom is None:
        return manifest
    taken = {model.id for model in models}
    return replace(manifest, models=(*models, *custom_models(custom, taken)))


def _choices(choices: type[_E]) -> Mapping[str, _E]:
    return {choice.value: choice for choice in choices}


def _package(table: Table) -> Package:
    return Package(
        id=table.text("id"),
        registry=table.choice("registry", _choices(Registry)),
        kind=table.choice("kind", _choices(Kind)),
        name=table.text("name"),
        version=table.text("version"),
        license=table.text("license"),
        file=table.file_name("file"),
        size_bytes=table.count("size_bytes"),
        sha256=table.sha256("sha256"),
        platform=table.text("platform") if table.has("platform") else None,
        python=table.text("python") if table.has("python") else None,
    )


def _node(table: Table) -> NodeWheel:
    node = NodeWheel(
        name=table.text("name"),
        version=table.text("version"),
        license=table.text("license"),
        sha256=table.sha256s("sha256"),
    )
    table.done()
    return node


def _packaged(table: Table, packages: Mapping[str, Package]) -> Package:
    return table.choice("package", packages)


def _sample(table: Table, packages: Mapping[str, Package]) -> Sample:
    return Sample(
        file=table.file_name("file"),
        package=_packaged(table, packages),
        member=table.text("member"),
        license=table.text("license"),
        credit=table.text("credit"),
        size_bytes=table.count("size_bytes"),
        sha256=table.sha256("sha256"),
    )


def _model(table: Table, packages: Mapping[str, Package]) -> Model:
    task = table.choice("task", _choices(Task))
    detects = task is not Task.FACE_EMBEDDING
    return Model(
        id=table.text("id"),
        task=task,
        family=table.choice("family", _choices(Family)),
        version=table.text("version"),
        precision=table.text("precision"),
        license=table.text("license"),
        source=table.text("source"),
        package=_packaged(table, packages),
        converter=table.choice("converter", _choices(Converter)),
        members=table.texts("members"),
        source_sha256=table.sha256("source_sha256"),
        file=table.file_name("file"),
        size_bytes=table.count("size_bytes"),
        sha256=table.sha256("sha256"),
        input=_input(table.table("input")),
        thresholds=_thresholds(table.table("thresholds")) if detects else None,
        class_names=table.texts("class_names") if task is Task.OBJECT_DETECTION else (),
        embedding=None if detects else _embedding(table.table("embedding")),
    )


def _input(table: Table) -> Input:
    result = Input(
        name=table.text("name"),
        width=table.count("width"),
        height=table.count("height"),
        resize=table.choice("resize", _choices(Resize)),
        multiple=table.count("multiple") if table.has("multiple") else 1,
    )
    table.done()
    return result


def _thresholds(table: Table) -> Thresholds:
    result = Thresholds(score=table.fraction("score"), nms_iou=table.fraction("nms_iou"))
    table.done()
    return result


def _embedding(table: Table) -> Embedding:
    result = Embedding(dimension=table.count("dimension"), space=table.text("space"))
    table.done()
    return result


def _defaults(table: Table, models: tuple[Model, ...]) -> Mapping[Task, str]:
    defaults = {}
    for task in Task:
        choices = {model.id: model.id for model in models if model.task is task}
        defaults[task] = table.choice(task.value, choices)
    table.done()
    return defaults
