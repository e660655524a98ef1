"""The results of all measurements but that of people, with their bars and tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from accuracy.bar import Bar
from accuracy.data_source import DataSource
from accuracy.face_detection import FaceAccuracy, Runner
from accuracy.face_verification import EmbedderAccuracy
from accuracy.object_detection import ObjectAccuracy
from benchmarks.table import Table

INT8_ACCURACY: Final = 0.985
ACCURATE_ACCURACY: Final = 0.990
MAX_LOSS: Final = 0.005


@dataclass(frozen=True, slots=True)
class Findings:
    """The results.

    Attributes:
        source: the data that was measured.
        embedders: verification by each variant of the embedder.
        faces: detection of faces.
        objects: detection of objects.
        photos_without_face: photos of pairs in which no face was found.

    """

    source: DataSource
    embedders: Sequence[EmbedderAccuracy]
    faces: FaceAccuracy
    objects: ObjectAccuracy
    photos_without_face: int

    def bars(self) -> list[Bar]:
        """Return the bars, met or not."""
        bars = []
        for one in self.embedders:
            if (least := _wanted(one)) is not None:
                name = f"{self.source.pairs}: accuracy, {title(one)}"
                bars.append(Bar(name, one.verification.accuracy, least))
        service, direct = self.faces.precisions[Runner.SERVICE], self.faces.precisions[Runner.DIRECT]
        bars += [_lost(f"faces: AP, {subset}", service[subset], direct[subset]) for subset in service]
        objects = self.objects
        bars += [
            _lost("objects: mAP@[.5:.95]", objects.service.mean, objects.direct.mean),
            _lost("objects: AP50", objects.service.at_half, objects.direct.at_half),
            _lost("objects: F1 of image tags", objects.service_tags.f1, objects.direct_tags.f1),
        ]
        return bars

    def tables(self) -> Mapping[str, Table]:
        """Return the tables by name, in the order to show them in."""
        return {
            "verification": self._verification(),
            "faces": self._faces(),
            "objects": self._objects(),
            "bars": Table("Bars", ("bar", "wanted", "measured", "verdict"), tuple(bar.row() for bar in self.bars())),
        }

    def _verification(self) -> Table:
        rows = []
        for one in self.embedders:
            result = one.verification
            figures = (result.accuracy, result.deviation, result.true_accepts, result.area)
            rows.append((title(one), one.precision, *(f"{value:.4f}" for value in figures), f"{result.threshold:.3f}"))
        columns = ("embedder", "precision", "accuracy", "±", "TAR at FAR 0.001", "AUC", "threshold")
        return Table(f"Verification: {self.source.pairs}", columns, tuple(rows))

    def _faces(self) -> Table:
        precisions = self.faces.precisions
        columns = (self.faces.model, *precisions[Runner.SERVICE])
        rows = [(runner, *(f"{value:.4f}" for value in row.values())) for runner, row in precisions.items()]
        return Table(f"Faces: average precision at IoU 0.5, {self.source.faces}", columns, tuple(rows))

    def _objects(self) -> Table:
        one = self.objects
        rows = []
        for runner, precision, tags in (
            (Runner.SERVICE, one.service, one.service_tags),
            (Runner.DIRECT, one.direct, one.direct_tags),
        ):
            values = (precision.mean, precision.at_half, tags.precision, tags.recall, tags.f1)
            rows.append((str(runner), *(f"{value:.4f}" for value in values)))
        columns = (one.model, "mAP@[.5:.95]", "AP50", "tag precision", "tag recall", "tag F1")
        return Table(f"Objects: {self.source.objects}", columns, tuple(rows))


def title(one: EmbedderAccuracy) -> str:
    """Return the name of a variant of the embedder."""
    return f"{one.model}, {one.profile}" if one.profile else one.model


def _wanted(one: EmbedderAccuracy) -> float | None:
    if "accurate" in title(one):
        return ACCURATE_ACCURACY
    return INT8_ACCURACY if one.precision == "int8" else None


def _lost(name: str, service: float, direct: float) -> Bar:
    """Return the bar that the service is at most MAX_LOSS below the same model run directly."""
    return Bar(f"{name}, at most {100 * MAX_LOSS:g} points below the direct run", service, direct - MAX_LOSS)
