"""The decoders that a test has started, beside those of services that other tests of this process share."""

import psutil

_others: set[psutil.Process] = set()


def begin() -> None:
    """Take those that are there for others'."""
    _others.clear()
    _others.update(psutil.Process().children(recursive=True))


def own_children() -> list[psutil.Process]:
    """Return the decoders that came since `begin`; those without a fork server are nobody's."""
    return [child for server in own_servers() for child in _children_of(server) if child not in _others]


def own_servers() -> list[psutil.Process]:
    """Return the fork servers that came since `begin`."""
    return [child for child in psutil.Process().children() if child not in _others]


def _children_of(server: psutil.Process) -> list[psutil.Process]:
    try:
        return server.children()
    except psutil.NoSuchProcess:
        return []
