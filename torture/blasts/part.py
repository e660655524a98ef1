"""The part that sends bombs."""

import threading
from random import Random
from typing import Final

from albumen.catalog.v1.image_service_pb2 import ImageHeader, IndexImageBytesRequest
from albumen.detector.v1.detector_service_pb2 import DetectRequest
from torture.answer import ask
from torture.bombs import BOMBS, make_bomb
from torture.honest import troubles_of_honest
from torture.limits import CALL_SECONDS
from torture.part import Extent, Part
from torture.service import Service
from torture.watch import watched

_TOGETHER: Final = 8
# Those that weigh little; see docs/torture.md.
_SHORT: Final = ("jpeg-exif-loop", "jpeg-exif-count", "jpeg-scans-500", "tiff-loop", "webp-flat", "heic-lying-size")


class Bombs(Part):
    """Bombs of every codec, alone and eight at once: none takes long or much, and others are served meanwhile."""

    name = "bombs"
    target = "Detect, IndexImageBytes"

    def cases(self, extent: Extent) -> list[str]:
        """Return four cases a bomb: alone and eight at once, to the detector and to the catalog."""
        return [
            f"{bomb}/{count}/{server}"
            for bomb in (_SHORT if extent.short else BOMBS)
            for count in ((_TOGETHER,) if extent.short else (1, _TOGETHER))
            for server in ("detector", "catalog")
        ]

    def attack(self, case: str, generator: Random) -> None:
        """Send one bomb so many times at once."""
        bomb, count, name = case.split("/")
        data = make_bomb(bomb)
        service = self.arena.service(name)
        with watched(service, self.tally, case, calls=int(count)):
            threads = [
                threading.Thread(target=self._send, args=(case, service, data, number), daemon=True)
                for number in range(int(count))
            ]
            for thread in threads:
                thread.start()
            for trouble in troubles_of_honest(service, generator):
                self.tally.found(case, f"meanwhile: {trouble}")
            for thread in threads:
                thread.join()
        self.tally.rounds += 1
        if any(finding.case == case for finding in self.tally.findings):
            # What it still does must not be held against the next.
            service.kill()

    def _send(self, case: str, service: Service, data: bytes, number: int) -> None:
        # Each a file of its own: behind the end of a picture, anything may follow.
        content = data + number.to_bytes(4)
        if service.name == "detector":
            path = "albumen.detector.v1.DetectorService/Detect"
            request = DetectRequest(content=content).SerializeToString()
        else:
            path = "albumen.catalog.v1.ImageService/IndexImageBytes"
            request = IndexImageBytesRequest(header=ImageHeader(), content=content).SerializeToString()
        with service.channel() as channel:
            answer = ask(channel, path, [request], seconds=CALL_SECONDS)
            if answer.trouble:
                self.tally.found(case, f"{path}: {answer.trouble}")
