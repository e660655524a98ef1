"""Whoever has the folder of contracts and a protoc has all that it takes."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet

from tools.protoc import run_protoc
from tools.protos import PROTOS, proto_files


def test_the_folder_compiles_with_nothing_else_at_hand(contracts: Path, tmp_path: Path) -> None:
    compiled = tmp_path / "all.binpb"
    run_protoc(f"-I{contracts}", f"--descriptor_set_out={compiled}", "--include_imports", *proto_files())
    names = {file.name for file in FileDescriptorSet.FromString(compiled.read_bytes()).file}
    assert set(proto_files()) < names
    assert "google/api/annotations.proto" in names


def test_a_contract_that_is_missing_is_noticed(contracts: Path, tmp_path: Path) -> None:
    missing = contracts / "google/api/resource.proto"
    content = missing.read_bytes()
    missing.unlink()
    try:
        with pytest.raises(subprocess.CalledProcessError):
            run_protoc(f"-I{contracts}", f"--descriptor_set_out={tmp_path / 'all.binpb'}", *proto_files())
    finally:
        missing.write_bytes(content)


def test_copies_of_google_contracts_carry_their_licence_and_version() -> None:
    assert "Apache License" in (PROTOS / "google/LICENSE").read_text()
    assert "googleapis-common-protos 1." in (PROTOS / "google/README.md").read_text()


@pytest.mark.parametrize("module", ["google.protobuf", "google.api.resource_pb2", "google.rpc.status_pb2"])
def test_copies_of_google_contracts_hide_no_python_module(module: str) -> None:
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    assert not Path(spec.origin).is_relative_to(PROTOS)


def test_modules_of_google_load_with_the_contracts_first_on_the_path() -> None:
    code = f"import sys; sys.path.insert(0, {str(PROTOS)!r}); import albumen.catalog.v1.image_service_pb2"
    loaded = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=False)
    assert loaded.returncode == 0, loaded.stderr
