"""Google's own contracts that ours import, copied so that `protos/` compiles with nothing else at hand."""

import re
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

from google.rpc import status_pb2

_PACKAGE: Final = "googleapis-common-protos"
_INSTALLED: Final = Path(status_pb2.__file__).parents[2]
_IMPORT: Final = re.compile(r'^import (?:public )?"(google/(?!protobuf/)[^"]+)";', re.MULTILINE)
_README: Final = """# Google's contracts

What Albumen's contracts import of `google/api`, `google/longrunning`, `google/rpc` and `google/type`: unchanged copies
from {package} {version}, under the [Apache License 2.0](LICENSE). `make protos` makes
them. `google/protobuf` is not here: it belongs to protoc.
"""


def copy_google_protos(contracts: Iterable[Path], output: Path) -> None:
    """Copy what `contracts` import, directly or not, to `output`, with its licence and a note of its version."""
    pending = set[str]()
    for contract in contracts:
        pending.update(_imports(contract))
    copied = set[str]()
    while pending:
        name = pending.pop()
        source, target = _source(name), output / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
        copied.add(name)
        pending |= _imports(source) - copied
    package = distribution(_PACKAGE)
    folder = output / "google"
    (folder / "LICENSE").write_text(package.read_text("licenses/LICENSE") or "")
    (folder / "README.md").write_text(_README.format(package=_PACKAGE, version=package.version))


def _source(name: str) -> Path:
    """Return where the package keeps a contract; that of operations beside a module of another name."""
    plain = _INSTALLED / name
    return plain if plain.exists() else plain.with_stem(f"{plain.stem}_proto")


def _imports(contract: Path) -> set[str]:
    return set(_IMPORT.findall(contract.read_text()))
