"""Generates what is made from the contracts: `python -m tools.protos`.

That is the Python code, the descriptors that reflection serves, and the copies of Google's contracts that ours import.
`python -m tools.protos release` also makes today's contracts the ones that later ones must not break.
"""

import sys
import sysconfig
from pathlib import Path
from typing import Final

from tools.google_protos import copy_google_protos
from tools.protoc import ROOT, run_protoc

PROTOS: Final = ROOT / "protos"
DESCRIPTORS: Final = "albumen/descriptor_set.binpb"
BASELINE: Final = ROOT / "tests" / "contract" / "baseline.binpb"


def proto_files() -> list[str]:
    """Return our contracts, relative to `PROTOS`."""
    return sorted(str(path.relative_to(PROTOS)) for path in (PROTOS / "albumen").rglob("*.proto"))


def generate(output: Path) -> None:
    """Write to `output` what is made from the contracts.

    Raises:
        subprocess.CalledProcessError: protoc refused; it has said why on standard error.

    """
    messages = proto_files()
    services = [name for name in messages if name.endswith("_service.proto")]
    copy_google_protos((PROTOS / name for name in messages), output)
    includes = (f"-I{PROTOS}", f"-I{output}")
    run_protoc(*includes, f"--python_out={output}", f"--pyi_out={output}", *messages)
    plugin = Path(sysconfig.get_path("scripts")) / "protoc-gen-mypy_grpc"
    run_protoc(
        *includes,
        f"--plugin=protoc-gen-mypy_grpc={plugin}",
        f"--grpc_python_out={output}",
        f"--mypy_grpc_out=quiet:{output}",
        *services,
    )
    descriptors = output / DESCRIPTORS
    run_protoc(
        *includes, f"--descriptor_set_out={descriptors}", "--include_imports", "--include_source_info", *messages
    )


def release() -> None:
    """Write the descriptors of the contracts to `BASELINE`."""
    run_protoc(f"-I{PROTOS}", f"--descriptor_set_out={BASELINE}", "--include_imports", *proto_files())


if __name__ == "__main__":
    generate(PROTOS)
    if sys.argv[1:] == ["release"]:
        release()
