"""The part that sends bombs."""

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import Final, TypeAlias

from torture.answer import ask
from torture.blasts.calls import Call, whole
from torture.blasts.mixed import CLIENTS, mixed_call
from torture.bombs import BOMBS, make_bomb
from torture.honest import troubles_of_honest
from torture.limits import CALL_SECONDS, KEPT_MEMORY, MEGABYTE, REST_SECONDS
from torture.part import Extent, Part
from torture.service import Service
from torture.watch import watched

_TOGETHER: Final = 8
# Those that weigh little; see docs/torture.md.
_SHORT: Final = ("jpeg-exif-loop", "jpeg-exif-count", "jpeg-scans-500", "tiff-loop", "webp-flat", "heic-lying-size")
_MIXED: Final = "mixed"
# Calls of each of the clients that send different things.
_TURNS: Final = 3
_POLL_SECONDS: Final = 0.5

# The calls of one client, each made when it is sent: all of them at once take gigabytes.
_Calls: TypeAlias = Sequence[Callable[[], Call]]


class Bombs(Part):
    """Bombs of every codec, alone and eight at once: none takes long or much, and others are served meanwhile.

    So it is where eight clients mix the largest pictures with the largest files, whose memory is given back then.
    """

    name = "bombs"
    target = "Detect, IndexImageBytes"

    def cases(self, extent: Extent) -> list[str]:
        """Return the mixed cases, and four a bomb: alone and eight at once, each to the detector and to the catalog."""
        kinds = [f"{bomb}/{_TOGETHER}" for bomb in _SHORT]
        if not extent.short:
            kinds = [f"{_MIXED}/{_TURNS}", *(f"{bomb}/{count}" for bomb in BOMBS for count in (1, _TOGETHER))]
        return [f"{kind}/{server}" for kind in kinds for server in ("detector", "catalog")]

    def attack(self, case: str, generator: Random) -> None:
        """Send one bomb so many times at once, or what the mixed clients send, each so many times."""
        bomb, count, server = case.split("/")
        service = self.arena.service(server)
        clients = _mixed(server, int(count)) if bomb == _MIXED else _together(server, bomb, int(count))
        most_kept = KEPT_MEMORY * max(service.started_bytes, service.meter.held_bytes())
        with watched(service, self.tally, case, calls=sum(map(len, clients))):
            threads = [
                threading.Thread(target=self._send, args=(case, service, calls), daemon=True) for calls in clients
            ]
            for thread in threads:
                thread.start()
            for trouble in troubles_of_honest(service, generator):
                self.tally.found(case, f"meanwhile: {trouble}")
            for thread in threads:
                thread.join()
        if bomb == _MIXED and service.alive:
            self._check_rest(case, service, most_kept)
        self.tally.rounds += 1
        if any(finding.case == case for finding in self.tally.findings):
            # What it still does must not be held against the next.
            service.kill()

    def _check_rest(self, case: str, service: Service, limit: float) -> None:
        """Check that a service gives its memory back when nobody asks for anything."""
        deadline = time.monotonic() + REST_SECONDS
        while (held := service.meter.held_bytes()) > limit and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        self.tally.check(case, f"{service.name} memory at rest", held / MEGABYTE, limit / MEGABYTE, "MB")

    def _send(self, case: str, service: Service, calls: _Calls) -> None:
        with service.channel() as channel:
            for make_call in calls:
                path, requests = make_call()
                answer = ask(channel, path, requests, seconds=CALL_SECONDS)
                if answer.trouble:
                    self.tally.found(case, f"{path}: {answer.trouble}")
                time.sleep(answer.retry_seconds)


def _together(server: str, bomb: str, count: int) -> list[_Calls]:
    data = make_bomb(bomb)
    # Each a file of its own: behind the end of a picture, anything may follow.
    return [[partial(whole, server, data + number.to_bytes(4))] for number in range(count)]


def _mixed(server: str, turns: int) -> list[_Calls]:
    return [
        [partial(mixed_call, server, client, number * turns + turn) for turn in range(turns)]
        for number, client in enumerate(CLIENTS)
    ]
