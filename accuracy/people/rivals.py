"""The rivals of the people layer, and the settings that each is tried with."""

from itertools import product
from typing import Final

import numpy as np

from accuracy.people.chinese_whispers import chinese_whispers
from accuracy.people.hdbscan import hdbscan
from accuracy.people.linkage import average_linkage, dbscan
from accuracy.people.pictopy import pictopy
from accuracy.people.rival import Rival, Setting


def _steps(first: float, last: float, step: float) -> tuple[float, ...]:
    return tuple(np.arange(first, last + step / 2, step).round(4).tolist())


def _each(*choices: tuple[float, ...]) -> tuple[Setting, ...]:
    return tuple(product(*choices))


DBSCAN: Final = Rival("DBSCAN", ("eps",), _each(_steps(0.2, 0.6, 0.0125)), dbscan)
AVERAGE_LINKAGE: Final = Rival("average linkage", ("distance",), _each(_steps(0.3, 0.7, 0.0125)), average_linkage)
RIVALS: Final = (
    DBSCAN,
    Rival(
        "PictoPy",
        ("merge", "eps"),
        tuple((merge, eps) for eps, merge in product(_steps(0.2, 0.5, 0.025), _steps(0.4, 1.0, 0.05))),
        pictopy,
    ),
    Rival("Chinese Whispers", ("distance",), _each(_steps(0.3, 0.55, 0.0125)), chinese_whispers),
    Rival(
        "HDBSCAN",
        ("leaf", "size", "samples", "epsilon"),
        _each((0.0, 1.0), (2.0, 3.0), (1.0, 2.0), _steps(0.0, 0.6, 0.025)),
        hdbscan,
    ),
    AVERAGE_LINKAGE,
)
