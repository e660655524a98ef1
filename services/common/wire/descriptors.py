"""The files of the contracts that a server answers reflection with, comments included."""

from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import Final

from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.descriptor import FileDescriptor

# Written with the generated code. Descriptors that the generated code itself carries have no comments.
_CONTRACTS: Final = "descriptor_set.binpb"

File = descriptor_pb2.FileDescriptorProto


class DescriptorIndex:
    """Finds files by what is in them.

    Args:
        files: some files; of two with one name the first counts. Everything that they import has to be among them,
            or in the default pool of the process.

    """

    def __init__(self, files: Iterable[File]) -> None:
        self._files: dict[str, File] = {}
        for file in files:
            self._files.setdefault(file.name, file)
        for file in list(self._files.values()):
            self._add_imports(file)
        self._file_of_symbol: dict[str, str] = {}
        self._file_of_extension: dict[str, dict[int, str]] = {}
        for file in self._files.values():
            self._add_symbols(file)

    def by_name(self, name: str) -> list[File]:
        """Return a file and all that it imports, itself first.

        Raises:
            KeyError: there is no such file.

        """
        found = {name: self._files[name]}
        waiting = [name]
        while waiting:
            for dependency in self._files[waiting.pop()].dependency:
                if dependency not in found:
                    found[dependency] = self._files[dependency]
                    waiting.append(dependency)
        return list(found.values())

    def by_symbol(self, symbol: str) -> list[File]:
        """Return the file that declares a message, field, enum, value, service, method or extension.

        Raises:
            KeyError: no file does.

        """
        return self.by_name(self._file_of_symbol[symbol])

    def by_extension(self, message: str, number: int) -> list[File]:
        """Return the file that declares the extension `number` of a message.

        Raises:
            KeyError: no file does.

        """
        return self.by_name(self._file_of_extension[message][number])

    def extension_numbers(self, message: str) -> list[int]:
        """Return the numbers of all extensions of a message.

        Raises:
            KeyError: there is no such message.

        """
        if message not in self._file_of_symbol:
            raise KeyError(message)
        return sorted(self._file_of_extension.get(message, {}))

    def _add_imports(self, file: File) -> None:
        for name in file.dependency:
            if name not in self._files:
                self._files[name] = _copy(descriptor_pool.Default().FindFileByName(name))
                self._add_imports(self._files[name])

    def _add_symbols(self, file: File) -> None:
        prefix = f"{file.package}." if file.package else ""
        for symbol in _symbols(prefix, file):
            self._file_of_symbol[symbol] = file.name
        for extension in _extensions(file):
            extended = self._file_of_extension.setdefault(extension.extendee.removeprefix("."), {})
            extended[extension.number] = file.name


def contract_files() -> list[File]:
    """Return the files of Albumen's contracts and what they import; none if they were not generated."""
    path = files("albumen").joinpath(_CONTRACTS)
    if not path.is_file():
        return []
    return list(descriptor_pb2.FileDescriptorSet.FromString(path.read_bytes()).file)


def file_of_symbol(symbol: str) -> File:
    """Return the file that declares a symbol of the generated code that this process has imported.

    Raises:
        KeyError: it has imported none that does.

    """
    return _copy(descriptor_pool.Default().FindFileContainingSymbol(symbol))


def _copy(descriptor: FileDescriptor) -> File:
    file = File()
    descriptor.CopyToProto(file)
    return file


def _symbols(prefix: str, file: File) -> Iterator[str]:
    for message in file.message_type:
        yield from _symbols_of_message(prefix, message)
    for enum in file.enum_type:
        yield from _symbols_of_enum(prefix, enum)
    for extension in file.extension:
        yield prefix + extension.name
    for service in file.service:
        yield prefix + service.name
        for method in service.method:
            yield f"{prefix}{service.name}.{method.name}"


def _symbols_of_message(prefix: str, message: descriptor_pb2.DescriptorProto) -> Iterator[str]:
    name = prefix + message.name
    yield name
    for field in (*message.field, *message.extension):
        yield f"{name}.{field.name}"
    for oneof in message.oneof_decl:
        yield f"{name}.{oneof.name}"
    for enum in message.enum_type:
        yield from _symbols_of_enum(f"{name}.", enum)
    for nested in message.nested_type:
        yield from _symbols_of_message(f"{name}.", nested)


def _symbols_of_enum(prefix: str, enum: descriptor_pb2.EnumDescriptorProto) -> Iterator[str]:
    yield prefix + enum.name
    for value in enum.value:
        # A value stands beside its enum, not in it; some clients ask for it as if it stood in it.
        yield prefix + value.name
        yield f"{prefix}{enum.name}.{value.name}"


def _extensions(scope: File | descriptor_pb2.DescriptorProto) -> Iterator[descriptor_pb2.FieldDescriptorProto]:
    yield from scope.extension
    nested = scope.message_type if isinstance(scope, File) else scope.nested_type
    for message in nested:
        yield from _extensions(message)
