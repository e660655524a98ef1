"""What docs/features.md and docs/photo-app.md promise is there."""

import ast
import pkgutil
import re
from importlib import import_module
from typing import Final

import pytest
from typer.core import TyperGroup
from typer.main import get_command

import albumen.catalog.v1
from clients.cli.__main__ import app
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


def test_every_row_of_the_app_has_a_command_that_is_one() -> None:
    rows = [line.strip("|").split("|") for line in APP.splitlines() if "Service." in line or "Operations`" in line]
    root = get_command(app)
    assert isinstance(root, TyperGroup)
    for row in rows:
        commands = re.findall(r"`albumen ([^`]+)`", row[-1])
        assert commands, row
        for words in commands:
            group, *rest = words.split()
            found = root.commands[group]
            if isinstance(found, TyperGroup):
                found, rest = found.commands[rest[0]], rest[1:]
            assert set(rest) <= {option for parameter in found.params for option in parameter.opts}, words


def test_everything_that_a_client_can_do_has_a_command() -> None:
    called = {
        node.attr
        for path in (ROOT / "clients/cli").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
    }
    # Of these the same is done by another call: of several things, or in parts.
    assert {method for method in METHODS if method.partition(".")[2] not in called} == {
        "AlbumService.GetAlbum", "ImageService.IndexImageBytes", "PeopleEditService.GetEdit", "PeopleService.GetPerson",
    }  # fmt: skip


@pytest.mark.parametrize("settings", [DetectorSettings, EmbedderSettings, CatalogSettings])
def test_a_service_listens_on_this_machine_unless_it_is_told_otherwise(settings: type[ServiceSettings]) -> None:
    host, _, _ = str(settings.model_fields["listen"].default).rpartition(":")
    assert host == "127.0.0.1"
