"""Generates the Python code of the contracts: `python -m tools.protos`.

`python -m tools.protos release` also makes today's contracts the ones that later ones must not break.
"""

import sys
import sysconfig
from pathlib import Path
from typing import Final

from google.rpc import status_pb2

from tools.protoc import ROOT, run_protoc

PROTOS: Final = ROOT / "protos"
BASELINE: Final = ROOT / "tests" / "contract" / "baseline.binpb"


def google_protos() -> Path:
    """Return the folder of Google's own contracts (`google/rpc/status.proto` …), which come with a package."""
    return Path(status_pb2.__file__).parents[2]


def proto_files() -> list[str]:
    """Return the contracts, relative to `PROTOS`."""
    return sorted(str(path.relative_to(PROTOS)) for path in PROTOS.rglob("*.proto"))


def protoc(*arguments: str) -> None:
    """Run protoc on contracts of `PROTOS`.

    Raises:
        subprocess.CalledProcessError: protoc refused; it has said why on standard error.

    """
    run_protoc(f"-I{PROTOS}", f"-I{google_protos()}", *arguments)


def generate(output: Path) -> None:
    """Write messages and their stubs for every contract, and gRPC code and its stubs for every service."""
    messages = proto_files()
    services = [name for name in messages if name.endswith("_service.proto")]
    protoc(f"--python_out={output}", f"--pyi_out={output}", *messages)
    plugin = Path(sysconfig.get_path("scripts")) / "protoc-gen-mypy_grpc"
    protoc(
        f"--plugin=protoc-gen-mypy_grpc={plugin}",
        f"--grpc_python_out={output}",
        f"--mypy_grpc_out=quiet:{output}",
        *services,
    )


def release() -> None:
    """Write the descriptors of the contracts to `BASELINE`."""
    protoc(f"--descriptor_set_out={BASELINE}", "--include_imports", *proto_files())


if __name__ == "__main__":
    generate(PROTOS)
    if sys.argv[1:] == ["release"]:
        release()
