"""The systems one after the other, again and again, so that what disturbs the machine disturbs all of them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.run import BASELINES, Run, System, run_baseline, run_services
from benchmarks.stack import Stack

Round = Mapping[System, Run]

_WARM_UP_PHOTOS = 4


def run_rounds(
    stack: Stack, photos: Sequence[Path], count: int, in_flight: int, advance: Callable[[], None]
) -> list[Round]:
    """Warm the services up, then run `count` rounds; `advance` is called after each photo of each system."""
    run_services(stack, "warm-up", photos[:_WARM_UP_PHOTOS], in_flight, lambda: None)
    return [
        {
            System.SERVICES: run_services(stack, f"round-{number}", photos, in_flight, advance),
            **{system: run_baseline(system, photos, advance) for system in BASELINES},
        }
        for number in range(count)
    ]


def speed_ratio(one: Round, baseline: System) -> float:
    """Return how many times as many photos a second the services do."""
    return one[System.SERVICES].photos_per_second / one[baseline].photos_per_second


def cpu_ratio(one: Round, baseline: System) -> float:
    """Return how many times as much CPU time the baseline uses for a photo."""
    return one[baseline].cpu_per_photo / one[System.SERVICES].cpu_per_photo
