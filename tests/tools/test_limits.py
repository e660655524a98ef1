import ast
from collections.abc import Iterator
from typing import Final

import pytest
from pydantic.fields import FieldInfo

from services.catalog.settings import CatalogSettings
from services.common import limits as constants
from services.common.settings import ServiceSettings
from services.detector.settings import DetectorSettings
from services.embedder.settings import EmbedderSettings
from tools.bound import Bound
from tools.bounds import BOUNDS
from tools.docs import LIMITS, limits
from tools.protoc import ROOT

# Numbers that bound nothing that a caller sends: how many threads there are, how long we wait for others, what is
# looked at from time to time, and how people are found.
NO_BOUNDS: Final = {
    "workers", "decoders", "search_threads", "reload_seconds", "unload_after_seconds", "upkeep_seconds",
    "detect_seconds", "embed_seconds", "cluster_eps", "cluster_min_quality", "cluster_min_samples",
    "picture_workers", "operation_workers",
}  # fmt: skip
# Units, the defaults of settings, and what others are made of.
NO_CONSTANTS: Final = {
    "MEBIBYTE", "MEGAPIXEL", "SMALL_MESSAGE_BYTES", "MAX_CHUNK_BYTES", "MAX_IMAGE_BYTES", "MAX_IMAGE_PIXELS",
    "MAX_FACES_PER_EMBED", "MAX_FACES_PER_IMAGE", "MAX_OBJECTS_PER_IMAGE", "MAX_LIBRARIES", "DECODE_CPU_SECONDS",
    "DECODE_WALL_SECONDS", "DECODE_MEMORY_MIB", "MAX_PREVIEW_SIDE",
}  # fmt: skip


def numbers() -> Iterator[tuple[type[ServiceSettings], str, FieldInfo]]:
    for settings in (DetectorSettings, EmbedderSettings, CatalogSettings):
        for name, info in settings.model_fields.items():
            if info.annotation in {int, float} and name not in NO_BOUNDS:
                yield settings, name, info


def test_the_page_is_fresh() -> None:
    assert LIMITS.read_text() == limits(), "run `make docs`"


@pytest.mark.parametrize("bound", BOUNDS, ids=lambda bound: bound.where)
def test_a_test_tries_to_break_each_bound(bound: Bound) -> None:
    path, _, function = bound.test.partition("::")
    tree = ast.parse((ROOT / path).read_text())
    assert function in {each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize(
    ("settings", "name", "_"), list(numbers()), ids=lambda value: getattr(value, "__name__", value)
)
def test_every_number_that_can_be_set_is_on_the_page(settings: type[ServiceSettings], name: str, _: FieldInfo) -> None:
    variable = settings.variable(name)
    general = variable.replace(settings.service_name().upper(), "…")
    assert {bound.where for bound in BOUNDS} & {f"`{variable}`", f"`{general}`"}


def test_every_constant_of_what_may_be_sent_is_on_the_page() -> None:
    listed = " ".join(bound.where for bound in BOUNDS)
    assert [name for name in vars(constants) if name.isupper() and f"`{name}`" not in listed] == sorted(
        NO_CONSTANTS, key=list(vars(constants)).index
    )
