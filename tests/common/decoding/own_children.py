"""The processes that a test has started, beside those of services that other tests of this process share."""

import psutil

_others: set[psutil.Process] = set()


def begin() -> None:
    """Take those that are there for others'."""
    _others.clear()
    _others.update(psutil.Process().children())


def own_children() -> list[psutil.Process]:
    """Return the children that came since `begin`."""
    return [child for child in psutil.Process().children() if child not in _others]
