"""Where Python finds the packages of Albumen."""

import sys
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).resolve().parent
_INSTALLED: Final = _HERE / "packages"


def put_packages_first() -> None:
    """Make `services`, `models` and `clients` those of this installation, whatever else has such a name.

    In an installation they lie in this package; in a checkout, beside it.
    """
    sys.path.insert(0, str(_INSTALLED if _INSTALLED.is_dir() else _HERE.parent))
