"""The part that kills the catalog."""

from collections.abc import Sequence
from functools import partial
from random import Random
from typing import Final

from torture.kills.check import troubles_after_restart
from torture.kills.client import Client, Fate, LostError
from torture.kills.ledger import Ledger
from torture.kills.operations import run_operations
from torture.mortal import LIVES, MortalPart, at_work, make_library
from torture.part import Extent
from torture.service import Service

_CLIENTS: Final = 4
# Clients are few and photos small; a process less to start, two hundred times.
_SETTINGS: Final = {"ALBUMEN_CATALOG_DECODERS": "1"}
_INDEXING_SHARE: Final = 0.3


class Kills(MortalPart):
    """Clients at work, and SIGKILL: what was acknowledged is there, and nothing is half there."""

    name = "kills"
    target = "catalog, SIGKILL"
    most_operations = 100
    longest_start = 1.0

    def cases(self, extent: Extent) -> list[str]:
        """Return one case for every four kills, which share a folder."""
        lives = min(LIVES, extent.rounds)
        return [f"folder/{number}/{lives}" for number in range(-(-extent.rounds // lives))]

    def attack(self, case: str, generator: Random) -> None:
        """Let the catalog live and die a few times on one folder, then look into the folder."""
        folder = self.arena.folder / case.replace("/", "-")
        service = self.arena.catalog(folder, _SETTINGS)
        ledgers = [Ledger() for _ in range(_CLIENTS)]
        reclusterings = 0
        try:
            service.start()
            for life in range(int(case.rpartition("/")[2])):
                reclusterings = self._live(case, life, service, ledgers, generator, reclusterings)
                self.dissect((case, life), folder, generator)
                self.revive(service, generator)
                self._look(case, life, service, ledgers, reclusterings)
                self.tally.rounds += 1
            self.end_well(case, service, folder, generator)
        finally:
            service.kill()
        self.tidy(case, folder)

    def _live(
        self,
        case: str,
        life: int,
        service: Service,
        ledgers: Sequence[Ledger],
        generator: Random,
        reclusterings: int,
    ) -> int:
        """Let clients work until the catalog is killed; return how many reclusterings there were so far."""
        with service.channel() as channel:
            fate = Fate(channel, generator.random() < _INDEXING_SHARE, reclusterings=reclusterings)
            clients = [
                Client(number, Random(generator.getrandbits(64)), ledger, fate) for number, ledger in enumerate(ledgers)
            ]
            if life == 0:
                make_library(clients[0])
            work = [partial(at_work, client, run_operations) for client in clients]
            self.live((case, life), service, fate, work, generator)
        for ledger in ledgers:
            self.tally.counts[f"killed in {ledger.in_flight or 'between'}"] += 1
        return fate.reclusterings

    def _look(self, case: str, life: int, service: Service, ledgers: Sequence[Ledger], reclusterings: int) -> None:
        with service.channel() as channel:
            fate = Fate(channel, reclusterings=reclusterings)
            clients = [Client(number, Random(0), ledger, fate) for number, ledger in enumerate(ledgers)]
            try:
                for trouble in troubles_after_restart(clients):
                    self.tally.found(case, f"life {life}: {trouble}")
            except LostError:
                self.tally.found(case, f"life {life}: the catalog does not answer after its restart")
            for trouble in fate.troubles:
                self.tally.found(case, f"life {life}: {trouble}")
