"""Reads the manifest of a user's own models, which adds to the one that comes with Albumen."""

import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from models.entries import Family, Input, Kind, Model, Package, Registry, Resize, Task, Thresholds
from models.errors import ManifestError
from models.table import Table

SCHEMA = 1
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_SIZE_MULTIPLE = 32
_TASKS = {task.value: task for task in (Task.OBJECT_DETECTION, Task.FACE_DETECTION)}
_FAMILIES = {
    Task.OBJECT_DETECTION: (Family.YOLO, Family.YOLOX, Family.SSD),
    Task.FACE_DETECTION: (Family.YUNET, Family.CENTERFACE, Family.YOLO),
}


def read_toml(path: Path) -> Mapping[str, Any]:
    """Return the tables of a manifest.

    Raises:
        ManifestError: the file cannot be read.

    """
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ManifestError(f"cannot read the manifest {path}: {error}") from error


def custom_models(path: Path, taken: Collection[str]) -> tuple[Model, ...]:
    """Return the models of a user's own manifest.

    Args:
        path: the manifest; relative paths in it start from its folder.
        taken: ids that its models may not have.

    Raises:
        ManifestError: something is missing, misspelt or impossible; the message names the entry and the key.

    """
    root = Table(path.name, read_toml(path))
    if (schema := root.count("schema")) != SCHEMA:
        raise root.error("schema", f"is {schema}; this version of Albumen reads {SCHEMA}")
    models = root.entries("models", "id", lambda table: _model(table, path.parent, taken))
    root.done()
    return models


def _model(table: Table, folder: Path, taken: Collection[str]) -> Model:
    identity = table.text("id")
    if not _ID.fullmatch(identity):
        raise table.error("id", f"must be lower-case letters, digits, '.', '_' and '-', not {identity!r}")
    if identity in taken:
        raise table.error("id", "is the id of a model that comes with Albumen; choose another one")
    task = table.choice("task", _TASKS)
    family = table.choice("family", {family.value: family for family in _FAMILIES[task]})
    registry, place = _origin(table, folder)
    file = f"{identity}.onnx"
    sha256 = table.sha256("sha256")
    license_ = table.text("license") if table.has("license") else "not stated"
    version = table.text("version") if table.has("version") else sha256[:12]
    size = table.count("input_size") if table.has("input_size") else 0
    if size % _SIZE_MULTIPLE:
        raise table.error("input_size", f"must be a multiple of {_SIZE_MULTIPLE}, not {size}")
    package = Package(
        id=identity,
        registry=registry,
        kind=Kind.ONNX,
        name=place,
        version=version,
        license=license_,
        file=file,
        size_bytes=0,
        sha256=sha256,
    )
    return Model(
        id=identity,
        task=task,
        family=family,
        version=version,
        precision=table.text("precision") if table.has("precision") else "as exported",
        license=license_,
        source=table.text("source") if table.has("source") else "a model of your own",
        package=package,
        converter=None,
        members=(),
        source_sha256=sha256,
        file=file,
        size_bytes=0,
        sha256=sha256,
        input=Input(name="", width=size, height=size, resize=Resize.FIT, multiple=_SIZE_MULTIPLE),
        thresholds=_thresholds(table.table("thresholds")),
        class_names=_class_names(table, task),
        embedding=None,
    )


def _origin(table: Table, folder: Path) -> tuple[Registry, str]:
    if table.has("path") == table.has("url"):
        raise table.error("path", "or 'url' must say where the ONNX file is, one of the two")
    if table.has("path"):
        return Registry.FILE, str((folder / Path(table.text("path")).expanduser()).resolve())
    url = table.text("url")
    if urlsplit(url).scheme != "https" or not urlsplit(url).hostname:
        raise table.error("url", f"must begin with https://, not {url!r}")
    return Registry.HTTPS, url


def _class_names(table: Table, task: Task) -> tuple[str, ...]:
    if not table.has("class_names"):
        return ()
    if task is not Task.OBJECT_DETECTION:
        raise table.error("class_names", "has no use for faces: leave it out")
    return table.texts("class_names")


def _thresholds(table: Table) -> Thresholds:
    result = Thresholds(score=table.fraction("score"), nms_iou=table.fraction("nms_iou"))
    table.done()
    return result
