"""What can go wrong on the way from a package to a weights file. Every message says what to do next."""


class ModelsError(Exception):
    """The base of every error that this package raises on purpose."""


class ManifestError(ModelsError):
    """The manifest cannot be used: the message names the entry and the key."""


class FetchError(ModelsError):
    """A package could not be had from its registry."""


class IntegrityError(ModelsError):
    """Bytes are not the ones that the manifest pins."""


class ConversionError(ModelsError):
    """Source weights do not hold the graph that their converter knows."""
