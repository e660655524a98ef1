"""`albumen export`: the library as files for notebooks and databases."""

from typing import Annotated

import typer
from rich.filesize import decimal
from rich.text import Text

from albumen.catalog.v1.backup_service_pb2 import ExportLibraryResponse
from clients.cli import console
from clients.cli.awaiting import response_of
from clients.cli.connection import Session, connect
from clients.cli.detached import Detach, print_begun
from services.common.plural import plural


def export(
    context: typer.Context,
    embeddings: Annotated[bool, typer.Option("--embeddings", help="With the embeddings of faces, 2 KiB each.")] = False,
    pictures: Annotated[bool, typer.Option("--pictures", help="With thumbnails of faces, and previews.")] = False,
    detach: Detach = False,
) -> None:
    """Write the library as Parquet files into the server's folder of backups, a folder a table."""
    session: Session = context.obj
    with connect(session) as catalog:
        operation = catalog.backups.export(embeddings=embeddings, pictures=pictures)
        if detach:
            print_begun(operation)
            return
        made = response_of(catalog, operation, ExportLibraryResponse)
    console.out.print(Text(made.folder), soft_wrap=True)
    console.err.print(
        f"[dim]{plural(made.row_count, 'row')}, {decimal(made.size_bytes)}, in the server's folder of backups.[/]"
    )
