"""`--json`: every field is there, empty or not, and nothing that was not asked for seems to be empty."""

import ast
import json
from pathlib import Path

import pytest
from google.longrunning.operations_pb2 import Operation

import clients.cli
from albumen.catalog.v1.face_pb2 import Face
from albumen.catalog.v1.folder_service_pb2 import SyncFolderResponse
from albumen.catalog.v1.image_pb2 import Image
from albumen.catalog.v1.operation_pb2 import OperationMetadata
from clients.cli.json_answer import print_json
from clients.cli.operation_text import json_text
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog


def test_what_is_empty_or_false_is_there_and_bytes_are_not(capsys: pytest.CaptureFixture[str]) -> None:
    print_json(Image(name="n", faces=[Face(name="f"), Face(name="g", thumbnail=b"jpeg")]))
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert (told["favorite"], told["rating"], told["description"], told["tags"]) == (False, 0, "", [])
    # A time that is not set is no time.
    assert "captureTime" not in told
    assert "albums" not in told
    first, second = told["faces"]
    assert (first["pinned"], "embedding" in first, "thumbnail" in first) == (False, False, False)
    assert second["thumbnail"] == "anBlZw=="


def test_an_operation_is_told_with_what_is_in_it() -> None:
    operation = Operation(name="o")
    operation.metadata.Pack(OperationMetadata(kind="folder-sync"))
    operation.response.Pack(SyncFolderResponse())
    told = json.loads(json_text(operation))
    assert (told["done"], told["metadata"]["kind"], told["metadata"]["doneCount"]) == (False, "folder-sync", 0)


def test_a_person_who_is_not_hidden_says_so(run: Run, fake: FakeCatalog) -> None:
    fake.add_person("aa11", "Anna")
    for arguments in (["people"], ["person", "show", "Anna"]):
        told = json.loads(run(*arguments, "--json").out)
        assert (told["hidden"], told["favorite"], "coverThumbnail" in told) == (False, False, False)
        # Scripts cut it out of the line.
        assert next(iter(told)) == "name"


def test_every_command_answers_so() -> None:
    """Whoever makes JSON of a message in another way makes another kind of it."""
    users = {
        path.name
        for path in Path(clients.cli.__path__[0]).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"MessageToJson", "MessageToDict"}
    }
    assert users == {"json_answer.py", "operation_text.py"}
