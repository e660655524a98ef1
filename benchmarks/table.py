"""A table of figures, for the terminal and for a document."""

from dataclasses import dataclass

from rich import box
from rich.table import Table as RichTable


@dataclass(frozen=True, slots=True)
class Table:
    """Figures in rows.

    Attributes:
        title: what they are.
        columns: headings; the first column is text, the others are aligned to the right.
        rows: as many cells each as there are columns.
        note: what the reader has to know of it; may be empty.

    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def to_rich(self) -> RichTable:
        """Return it as it is printed."""
        table = RichTable(
            title=self.title, title_justify="left", title_style="bold", caption=self.note or None,
            caption_justify="left", box=box.SIMPLE_HEAD, pad_edge=False,
        )  # fmt: skip
        for index, column in enumerate(self.columns):
            table.add_column(column, justify="right" if index else "left")
        for row in self.rows:
            table.add_row(*row)
        return table

    def to_markdown(self) -> str:
        """Return it without title and note."""
        rule = ("---", *["---:"] * (len(self.columns) - 1))
        return "\n".join(f"| {' | '.join(row)} |" for row in (self.columns, rule, *self.rows))
