"""The programs that an installation brings."""

from importlib import import_module

from albumen_app.import_path import put_packages_first


def albumen() -> None:
    """Run ``albumen``, the command line."""
    put_packages_first()
    import_module("clients.cli.__main__").main()


def albumen_models() -> None:
    """Run ``albumen-models``, which fetches weights and sample photos."""
    put_packages_first()
    import_module("models.__main__").main()
