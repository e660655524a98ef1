"""Runs a module of Albumen from any folder: ``python -P -m albumen_app services.catalog``.

``-P`` keeps the working directory off the import path: a ``queue.py`` that happens to lie there is not ours to run.
"""

import runpy
import sys

from albumen_app.import_path import put_packages_first


def main() -> None:
    """Run the module that the first argument names; it gets the others."""
    if len(sys.argv) == 1:
        sys.exit("usage: python -P -m albumen_app MODULE [ARGUMENT ...], for example services.catalog")
    module = sys.argv.pop(1)
    put_packages_first()
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
