"""The part that sends hostile messages."""

from collections.abc import Sequence
from random import Random
from typing import Final

import grpc

from torture.answer import Answer, ask, has_status, troubles_within
from torture.arena import Arena
from torture.limits import CALL_SECONDS
from torture.part import Extent, Part
from torture.protobufs.library import AttackedLibrary
from torture.protobufs.messages import hostile_bytes, hostile_request
from torture.protobufs.methods import Method, all_methods
from torture.protobufs.values import Names
from torture.service import Service
from torture.tally import Tally
from torture.watch import watched

_MESSAGES_A_CASE: Final = 10
_RAW_SHARE: Final = 0.25
# Of a call that goes on for as long as it is let; its first message comes at once.
_WATCH_SECONDS: Final = 2.0
_METHODS: Final = all_methods()


class Protobufs(Part):
    """Hostile messages: each is answered or refused by a reason, and what is refused has changed nothing."""

    name = "protobufs"
    target = f"{len(_METHODS)} methods"

    def __init__(self, arena: Arena, tally: Tally) -> None:
        super().__init__(arena, tally)
        self._fresh = ""

    def cases(self, extent: Extent) -> list[str]:
        """Return one case for ten messages a method; methods take turns."""
        messages = min(extent.rounds, _MESSAGES_A_CASE)
        return [f"{name}/{number}/{messages}" for number in range(extent.rounds // messages) for name in _METHODS]

    def attack(self, case: str, generator: Random) -> None:
        """Send a few messages to one method, all to the same library as it was made."""
        method = _METHODS[case.partition("/")[0]]
        service = self.arena.service(method.server)
        library = AttackedLibrary(service.line, self.arena.disk) if method.server == "catalog" else None
        if library is not None:
            self._fresh = library.renew(self._fresh)
        self._send_all(case, method, service, generator, library)

    def _send_all(
        self, case: str, method: Method, service: Service, generator: Random, library: AttackedLibrary | None
    ) -> None:
        names = library.names() if library else {}
        before = self._fresh
        count = int(case.rpartition("/")[2])
        for number in range(count):
            requests = _draw(method, names, generator)
            with watched(service, self.tally, case):
                answer = _ask(service, method, requests)
            self._judge(f"message {number}", case, method, answer, requests)
            self.tally.rounds += 1
            last = number == count - 1
            if library is None or (method.only_reads and not last):
                continue
            after = library.digest()
            if after != before and not (answer.ok and not method.only_reads):
                self.tally.found(case, f"message {number}: {answer.code.name} {answer.reason}, and the library changed")
            if after != before:
                before, names = after, library.names()

    def _judge(self, which: str, case: str, method: Method, answer: Answer, requests: Sequence[bytes]) -> None:
        self.tally.counts["OK" if answer.ok else "refused"] += 1
        if answer.trouble:
            sent = [request[:60] for request in requests[:2]]
            self.tally.found(case, f"{which}: {answer.trouble} ({len(requests)} requests: {sent!r})")
        if has_status(method.response):
            for body in answer.bodies:
                for trouble in troubles_within(method.parse(body)):
                    self.tally.found(case, f"{which}: {trouble}")


def _ask(service: Service, method: Method, requests: Sequence[bytes]) -> Answer:
    if not method.never_ends:
        return ask(service.line, method.path, requests, seconds=CALL_SECONDS)
    answer = ask(service.line, method.path, requests, seconds=_WATCH_SECONDS)
    began = answer.code is grpc.StatusCode.DEADLINE_EXCEEDED and bool(answer.bodies)
    return Answer(grpc.StatusCode.OK, bodies=answer.bodies) if began else answer


def _draw(method: Method, names: Names, generator: Random) -> list[bytes]:
    """Return the requests of one call."""
    count = generator.choice((0, 1, 1, 2, 3)) if method.takes_stream else 1
    draw = hostile_bytes if generator.random() < _RAW_SHARE else hostile_request
    return [draw(method, names, generator) for _ in range(count)]
