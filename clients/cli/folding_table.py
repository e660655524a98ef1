"""Lists as tables, and as one block a row where the terminal is too narrow to read a table."""

from typing import Final, Literal

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.styled import Styled
from rich.table import Column, Table
from rich.text import Text

# Of a word, so much has to fit into a column; a longer one, such as a file's name, may be folded.
_READABLE_CHARS: Final = 16
_GAP: Final = 1


class FoldingTable(Table):
    """A table for lists, of which nothing is cut and no column goes, however narrow the terminal is.

    Cells are folded, but only between words. Where that is not enough, each row is a block, with a line for each cell.
    """

    def __init__(self, *, title: Text | None = None) -> None:
        super().__init__(
            box=box.SIMPLE_HEAD, padding=(0, _GAP, 0, 0), pad_edge=False, title=title, title_justify="left"
        )

    def add(
        self, header: str, *, style: str = "", right: bool = False, whole: bool = False, min_width: int | None = None
    ) -> None:
        """Add a column.

        Args:
            header: its heading; may be empty.
            style: of its cells.
            right: whether its cells stand at the right, as numbers do.
            whole: whether its cells stay on one line, as ids do that somebody will copy.
            min_width: fewest characters of a line.

        """
        justify: Literal["left", "right"] = "right" if right else "left"
        self.add_column(header, style=style, justify=justify, overflow="fold", no_wrap=whole, min_width=min_width)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table, or its rows as blocks."""
        ranges = [_range(column, console, options) for column in self.columns]
        # The box has an edge on both sides, and a line between each two columns.
        room = options.max_width - 2 - (1 + _GAP) * (len(ranges) - 1)
        spare = room - sum(width.minimum for width in ranges)
        if spare >= 0:
            # Left to itself, the table takes from the widest columns, whether that breaks their words or not.
            for column, width in zip(self.columns, _shared(ranges, spare), strict=True):
                column.width = width
            yield from super().__rich_console__(console, options)
            return
        if self.title:
            yield self.title
        yield self._blocks()

    def _blocks(self) -> Table:
        blocks = Table.grid(padding=(0, _GAP + 1, 0, 0))
        blocks.add_column(style="dim", no_wrap=True)
        blocks.add_column(overflow="fold")
        for cells in zip(*(column.cells for column in self.columns), strict=True):
            for column, cell in zip(self.columns, cells, strict=True):
                # What a row does not have needs no line.
                if cell:
                    blocks.add_row(column.header, Styled(cell, column.style))
            blocks.add_row()
        return blocks


def _range(column: Column, console: Console, options: ConsoleOptions) -> Measurement:
    """Return the fewest characters in which words of `column` are whole, or long enough, and the most that it takes."""
    cells = [Measurement.get(console, options, cell) for cell in (column.header, *column.cells)]
    most = max(column.min_width or 0, *(cell.maximum for cell in cells))
    if column.no_wrap:
        return Measurement(most, most)
    return Measurement(max(column.min_width or 0, *(min(cell.minimum, _READABLE_CHARS) for cell in cells)), most)


def _shared(ranges: list[Measurement], spare: int) -> list[int]:
    """Return a width for each range: its minimum, and a fair share of what is to `spare` up to its maximum."""
    widths = [width.minimum for width in ranges]
    by_need = sorted(range(len(ranges)), key=lambda index: ranges[index].span)
    for served, index in enumerate(by_need):
        share = min(ranges[index].span, spare // (len(ranges) - served))
        widths[index] += share
        spare -= share
    return widths
