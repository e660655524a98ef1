"""What a library's file needs before it can serve."""

from services.catalog.clustering.parameters import ClusteringParameters
from services.catalog.events import Change, Resource
from services.catalog.storage.database import Database
from services.catalog.storage.library_row import has_library, insert_library
from services.catalog.storage.new_rows import recover_rows


def begin(database: Database, display_name: str, parameters: ClusteringParameters) -> None:
    """Write what waited when the process ended, and the library's own row if the file is new."""
    with database.write() as transaction:
        recover_rows(transaction)
        if not has_library(transaction.cursor):
            insert_library(transaction.cursor, display_name, parameters, transaction.now)
            transaction.note(Resource.LIBRARY, [0], Change.CREATED)
        transaction.commit()
