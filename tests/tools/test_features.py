"""What docs/features.md and docs/photo-app.md promise is there."""

import ast
import pkgutil
import re
from importlib import import_module
from typing import Final

import pytest

import albumen.catalog.v1
from services.catalog.settings import CatalogSettings
from services.common.settings import ServiceSettings
from services.detector.settings import DetectorSettings
from services.embedder.settings import EmbedderSettings
from tools.protoc import ROOT

FEATURES: Final = (ROOT / "docs/features.md").read_text("utf-8")
APP: Final = (ROOT / "docs/photo-app.md").read_text("utf-8")
METHODS: Final = {
    f"{service.name}.{method.name}"
    for module in pkgutil.iter_modules(albumen.catalog.v1.__path__, "albumen.catalog.v1.")
    if module.name.endswith("_service_pb2")
    for service in import_module(module.name).DESCRIPTOR.services_by_name.values()
    for method in service.methods
}


@pytest.mark.parametrize("test", sorted(set(re.findall(r"`(tests/[^`]+)`", FEATURES))))
def test_every_feature_has_the_test_that_it_names(test: str) -> None:
    path, _, function = test.partition("::")
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    assert function in {each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("line", [line for line in FEATURES.splitlines() if re.search("[●◐] \\|", line)])
def test_a_feature_that_is_there_has_a_test(line: str) -> None:
    *_, own, proof = [cell.strip() for cell in line.strip("|").split("|")]
    assert own in {"●", "◐", "-"}
    assert proof
    assert own == "-" or "`tests/" in proof


def test_every_call_of_the_app_is_one() -> None:
    named = set(re.findall(r"`(\w+Service\.\w+)`", APP))
    assert named <= METHODS
    # Those that the app on paper has no screen for.
    assert METHODS - named == {
        "AlbumService.GetAlbum", "ImageService.ForgetSources", "ImageService.IndexImageBytes",
        "LibraryService.CreateLibrary", "LibraryService.DeleteLibrary", "LibraryService.GetLibrary",
        "PeopleEditService.GetEdit", "PeopleEditService.ListEdits", "PeopleService.GetFace", "PeopleService.GetPerson",
    }  # fmt: skip


@pytest.mark.parametrize("settings", [DetectorSettings, EmbedderSettings, CatalogSettings])
def test_a_service_listens_on_this_machine_unless_it_is_told_otherwise(settings: type[ServiceSettings]) -> None:
    host, _, _ = str(settings.model_fields["listen"].default).rpartition(":")
    assert host == "127.0.0.1"
