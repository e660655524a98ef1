import io

from rich.console import Console

from benchmarks.progress import bars, step


def test_without_a_terminal_progress_is_told_in_lines() -> None:
    output = io.StringIO()
    with bars(Console(file=output, width=100)) as progress, step(progress, "Finding faces", 200) as advance:
        for _ in range(200):
            advance()
    lines = output.getvalue().splitlines()
    assert lines[0] == "Finding faces ..."
    assert lines[1].startswith("Finding faces: 20 of 200 after ")
    assert lines[-1].startswith("Finding faces: 200 of 200 after ")
    assert len(lines) == 11
