"""The part that sends damaged pictures."""

import hashlib
from random import Random
from typing import Final

from albumen.catalog.v1.image_service_pb2 import GetImageRequest, ImageHeader, IndexImageBytesRequest
from albumen.detector.v1.detector_service_pb2 import DetectRequest
from albumen.embedder.v1.embedder_service_pb2 import EmbedRequest, EmbedResponse, FaceImage
from services.common.errors import Reason
from torture.answer import Answer, ask, troubles_within
from torture.images.mutations import mutated
from torture.images.samples import CODECS, sample
from torture.limits import CALL_SECONDS
from torture.part import Extent, Part
from torture.watch import watched

_DETECT: Final = "albumen.detector.v1.DetectorService/Detect"
_EMBED: Final = "albumen.embedder.v1.EmbedderService/Embed"
_GET: Final = "albumen.catalog.v1.ImageService/GetImage"
_INDEX: Final = "albumen.catalog.v1.ImageService/IndexImageBytes"


class Images(Part):
    """Damaged pictures: each is answered, by what it shows or by a typed refusal, and costs little."""

    name = "images"
    target = "Detect, Embed, IndexImageBytes"

    def cases(self, extent: Extent) -> list[str]:
        """Return one case a mutation; codecs take turns."""
        return [f"{codec}/{number}" for number in range(extent.mutations) for codec in CODECS]

    def attack(self, case: str, generator: Random) -> None:
        """Damage one picture, and send it to all who read pictures."""
        codec = case.partition("/")[0]
        other = generator.choice(sorted(CODECS))
        data = mutated(sample(codec), sample(other), generator)
        detect = DetectRequest(content=data).SerializeToString()
        index = IndexImageBytesRequest(header=ImageHeader(file_name=case.replace("/", "-")), content=data)
        embed = EmbedRequest(faces=[FaceImage(content=data)]).SerializeToString()
        self._send(case, "detector", _DETECT, detect)
        faces = self._send(case, "embedder", _EMBED, embed)
        # A face that can't be read fails alone.
        for trouble in (
            trouble for body in faces.bodies for trouble in troubles_within(EmbedResponse.FromString(body))
        ):
            self.tally.found(case, trouble)
        indexed = self._send(case, "catalog", _INDEX, index.SerializeToString())
        self._look(case, data, indexed=indexed.ok)
        self.tally.rounds += 1

    def _send(self, case: str, name: str, path: str, request: bytes) -> Answer:
        service = self.arena.service(name)
        with watched(service, self.tally, case):
            answer = ask(service.line, path, [request], seconds=CALL_SECONDS)
        self.tally.counts[f"{name} {'read' if answer.ok else 'refused'}"] += 1
        if answer.trouble:
            self.tally.found(case, f"{path}: {answer.trouble}")
        return answer

    def _look(self, case: str, data: bytes, *, indexed: bool) -> None:
        """Check that what was indexed is there, and that nothing is of what was refused."""
        name = f"libraries/default/images/{hashlib.sha256(data).hexdigest()}"
        request = GetImageRequest(name=name).SerializeToString()
        answer = ask(self.arena.service("catalog").line, _GET, [request], seconds=CALL_SECONDS)
        if answer.ok != indexed or (not indexed and answer.reason != Reason.IMAGE_NOT_FOUND):
            self.tally.found(case, f"indexed: {indexed}, and GetImage: {answer.code.name} {answer.reason}")
