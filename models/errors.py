"""The errors on the way from a package to a weights file. Every message says what to do next."""


class ModelsError(Exception):
    """The base of every error that this package raises on purpose."""


class ManifestError(ModelsError):
    """The manifest cannot be used: the message names the entry and the key."""


class FolderError(ModelsError):
    """A folder cannot be written to: the message names it and the setting that chooses another."""


class FetchError(ModelsError):
    """A package could not be fetched from its registry."""


class IntegrityError(ModelsError):
    """Bytes differ from those that the manifest pins."""


class ConversionError(ModelsError):
    """Source weights do not hold the graph that their converter knows."""
