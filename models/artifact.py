"""Makes one file from its package, an ONNX model or a sample photo, and checks it on the way."""

import hashlib
import importlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from models.archive import read_members
from models.digest import State, state_of
from models.entries import Converter, Kind, Model, Package, Sample
from models.errors import ConversionError, IntegrityError

SUFFIX = ".partial"


@dataclass(frozen=True, slots=True)
class Artifact:
    """Where a file comes from, how it is made, and what it must be in the end.

    Attributes:
        id: of the model or the photo.
        package: the distribution that holds the source.
        members: names of the source files inside the package, in order; empty if the package is the file itself.
        source_sha256: of the members, joined.
        path: the file to be made.
        size_bytes: of the file; 0 if it is not known before.
        sha256: of the file.
        converter: makes ONNX of the members; None if the only member is the file.
        metadata: what the converter writes into the ONNX file.
        setting: environment variable that names the file's folder, for errors.

    """

    id: str
    package: Package
    members: tuple[str, ...]
    source_sha256: str
    path: Path
    size_bytes: int
    sha256: str
    converter: Converter | None = None
    metadata: tuple[tuple[str, str], ...] = ()
    setting: str = "ALBUMEN_WEIGHTS_DIR"

    @classmethod
    def from_model(cls, model: Model, folder: Path) -> "Artifact":
        """Return the ONNX file of a model, to be made in `folder`."""
        metadata = {
            "model": model.id,
            "version": model.version,
            "precision": model.precision,
            "license": model.license,
            "source": model.source,
            "source_sha256": model.source_sha256,
        }
        if model.embedding:
            metadata["embedding_space"] = model.embedding.space
        return cls(
            id=model.id,
            package=model.package,
            members=model.members,
            source_sha256=model.source_sha256,
            path=folder / model.file,
            size_bytes=model.size_bytes,
            sha256=model.sha256,
            converter=model.converter,
            metadata=tuple(metadata.items()),
        )

    @classmethod
    def from_sample(cls, sample: Sample, folder: Path) -> "Artifact":
        """Return a sample photo, to be copied into `folder`."""
        return cls(
            id=sample.file,
            package=sample.package,
            members=(sample.member,),
            source_sha256=sample.sha256,
            path=folder / sample.file,
            size_bytes=sample.size_bytes,
            sha256=sample.sha256,
            setting="ALBUMEN_SAMPLES_DIR",
        )

    @property
    def state(self) -> State:
        """Whether the file is there and whole; reads all of it."""
        return state_of(self.path, self.sha256)

    def make(self, distribution: Path) -> None:
        """Make the file from its package's distribution file.

        It appears under its name in one step, whole and verified, or not at all.

        Raises:
            ConversionError: the package does not hold what it should.
            IntegrityError: the source or the result has another SHA-256.

        """
        whole = self.package.kind is Kind.ONNX
        members = [distribution.read_bytes()] if whole else read_members(distribution, self.members)
        joined = hashlib.sha256()
        for member in members:
            joined.update(member)
        self._check("its source weights have", joined.hexdigest(), self.source_sha256)
        data = members[0] if self.converter is None else self._convert(members)
        self._check("it came out with", hashlib.sha256(data).hexdigest(), self.sha256)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Written beside its place, flushed to disk and renamed, so that a crash leaves no half file under the name.
        handle, name = tempfile.mkstemp(suffix=SUFFIX, prefix=f".{self.path.name}-", dir=self.path.parent)
        partial = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            partial.chmod(0o644)
            partial.replace(self.path)
        finally:
            partial.unlink(missing_ok=True)

    def _convert(self, members: list[bytes]) -> bytes:
        try:
            module = importlib.import_module(f"models.conversion.{self.converter}")
        except ModuleNotFoundError as error:
            raise ConversionError(
                f"converting weights needs {error.name}, which is missing: pip install 'albumen[models]'"
            ) from error
        converted: bytes = module.convert(members, dict(self.metadata))
        return converted

    def _check(self, what: str, found: str, pinned: str) -> None:
        if found != pinned:
            raise IntegrityError(
                f"{self.id} was not made: {what} SHA-256 {found}, but the manifest pins {pinned}. Nothing was kept."
            )
