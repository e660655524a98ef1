"""A client that syncs a folder, asks what is there, makes backups, and ends what it has begun."""

from random import Random
from typing import Final

from google.longrunning import operations_pb2 as lro
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message

from torture.folders.account import Account
from torture.folders.disk import Disk
from torture.kills.client import Client, Fate, RefusedError
from torture.kills.ledger import Asked, Ledger

OPERATIONS: Final = "google.longrunning.Operations"


class FolderClient(Client):
    """One client of a catalog that keeps a library equal to a folder.

    Args:
        number: 0 and up; only the first changes the folder's wishes.
        generator: of all that it does.
        account: what it knows; filled as it goes.
        fate: of its catalog.
        disk: the folder.

    """

    def __init__(self, number: int, generator: Random, account: Account, fate: Fate, disk: Disk) -> None:
        super().__init__(number, generator, Ledger(), fate)
        self.account = account
        self.disk = disk

    def begin(self, path: str, request: Message) -> lro.Operation:
        """Begin an operation by a request with a request_id, and note it; errors as in `call`."""
        self.account.asked = Asked(path, request)
        try:
            operation = self.call(path, request, lro.Operation)
        except RefusedError:
            self.account.asked = None
            raise
        self.account.asked = None
        self.account.operations[operation.name] = True
        return operation

    def wait(self, name: str, seconds: int) -> lro.Operation:
        """Return an operation when it is done, or as it is after so many seconds."""
        request = lro.WaitOperationRequest(name=name, timeout=Duration(seconds=seconds))
        return self.call(f"{OPERATIONS}/WaitOperation", request, lro.Operation)
