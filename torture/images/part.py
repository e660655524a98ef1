"""The part that sends damaged pictures."""

from random import Random
from typing import Final

from albumen.catalog.v1.image_service_pb2 import ImageHeader, IndexImageBytesRequest
from albumen.detector.v1.detector_service_pb2 import DetectRequest
from torture.answer import ask
from torture.images.mutations import mutated
from torture.images.samples import CODECS, sample
from torture.limits import CALL_SECONDS
from torture.part import Extent, Part
from torture.watch import watched

_DETECT: Final = "albumen.detector.v1.DetectorService/Detect"
_INDEX: Final = "albumen.catalog.v1.ImageService/IndexImageBytes"


class Images(Part):
    """Damaged pictures: each is answered, by what it shows or by a typed refusal, and costs little."""

    name = "images"
    target = "Detect, IndexImageBytes"

    def cases(self, extent: Extent) -> list[str]:
        """Return one case a mutation; codecs take turns."""
        return [f"{codec}/{number}" for number in range(extent.mutations) for codec in CODECS]

    def attack(self, case: str, generator: Random) -> None:
        """Damage one picture, and send it to both."""
        codec = case.partition("/")[0]
        other = generator.choice(sorted(CODECS))
        data = mutated(sample(codec), sample(other), generator)
        detect = DetectRequest(content=data).SerializeToString()
        index = IndexImageBytesRequest(header=ImageHeader(file_name=case.replace("/", "-")), content=data)
        self._send(case, "detector", _DETECT, detect)
        self._send(case, "catalog", _INDEX, index.SerializeToString())
        self.tally.rounds += 1

    def _send(self, case: str, name: str, path: str, request: bytes) -> None:
        service = self.arena.service(name)
        with watched(service, self.tally, case), service.channel() as channel:
            answer = ask(channel, path, [request], seconds=CALL_SECONDS)
            self.tally.counts[f"{name} {'read' if answer.ok else 'refused'}"] += 1
            if answer.trouble:
                self.tally.found(case, f"{path}: {answer.trouble}")
