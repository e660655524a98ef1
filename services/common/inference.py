"""Opens models with ONNX Runtime, and describes the ones that are loaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import onnxruntime

from models.digest import State, state_of
from models.entries import Model, Task
from services.common.errors import Reason, UnavailableError

DEFAULT_PROVIDERS: Final = ("CPUExecutionProvider",)

_ERRORS_ONLY: Final = 3
_PULL: Final = (
    "Fetch the weights with `albumen-models pull`, followed by the model's id if it is not a default one, then start "
    "the service again."
)


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A loaded model, as ListModels describes it.

    Attributes:
        id: unique within the service, for example ``centerface``.
        task: what the model is for.
        family: architecture family, which determines how its output is decoded.
        version: version of the weights, as their publisher names it.
        license: SPDX identifier of the weights' license.
        source: publisher, package and version that the weights come from.
        precision: numeric precision of the weights, for example ``fp32``.
        execution_provider: the ONNX Runtime provider that runs it.
        labels: class names in the order of the model's outputs; empty for a model without classes.
        embedding_space: identifier of the space of its embeddings; empty for a detector.
        embedding_dimension: number of dimensions of an embedding; 0 for a detector.

    """

    id: str
    task: Task
    family: str
    version: str
    license: str
    source: str
    precision: str
    execution_provider: str
    labels: tuple[str, ...] = ()
    embedding_space: str = ""
    embedding_dimension: int = 0


def describe(model: Model, session: onnxruntime.InferenceSession) -> ModelInfo:
    """Combine what the manifest says of `model` with the provider on which `session` runs it."""
    return ModelInfo(
        id=model.id,
        task=model.task,
        family=model.family.value,
        version=model.version,
        license=model.license,
        source=f"{model.source}; {model.package.registry.value} {model.package.name} {model.package.version}",
        precision=model.precision,
        execution_provider=session.get_providers()[0],
        labels=model.class_names,
        embedding_space=model.embedding.space if model.embedding else "",
        embedding_dimension=model.embedding.dimension if model.embedding else 0,
    )


def open_session(
    path: Path, *, providers: Sequence[str] = DEFAULT_PROVIDERS, threads: int = 1
) -> onnxruntime.InferenceSession:
    """Open the ONNX file at `path` for use from several threads.

    Args:
        path: the ONNX file.
        providers: ONNX Runtime execution providers to try, in this order. No other one is used: a GPU falls back to the
            CPU only if ``CPUExecutionProvider`` is listed after it.
        threads: number of threads per run. One is best if several requests run in parallel.

    Raises:
        UnavailableError: MODEL_UNAVAILABLE; the file is missing or is not a model, or no provider can run it.

    """
    if not path.is_file():
        raise _unavailable(f"The weights file {path.name} is missing.", _PULL)
    problem = ""
    for provider in [name for name in providers if name in onnxruntime.get_available_providers()]:
        try:
            session = onnxruntime.InferenceSession(path, _options(threads), providers=[provider])
        except Exception as error:  # noqa: BLE001 - its exceptions have no common base
            problem = str(error).replace(str(path), path.name)
        else:
            # ONNX Runtime replaces a provider that fails to start by the CPU, with no more than a printed warning.
            if session.get_providers()[0] == provider:
                return session
    if problem:
        raise _unavailable(f"The weights file {path.name} can't be loaded ({problem}).", _PULL)
    here = ", ".join(onnxruntime.get_available_providers())
    raise _unavailable(
        f"None of the execution providers {', '.join(providers)} works here.",
        f"Install an ONNX Runtime that has one of them, or list one that this one has: {here}.",
    )


def open_model(
    model: Model, weights: Path, *, providers: Sequence[str] = DEFAULT_PROVIDERS, threads: int = 1
) -> onnxruntime.InferenceSession:
    """Open the file of the manifest's entry `model` in the folder `weights`, after checking its hash.

    A file of another version under the same name would run, and put its embeddings into the wrong space.

    Raises:
        UnavailableError: MODEL_UNAVAILABLE; the file is missing or has another hash, or see `open_session`.

    """
    path = weights / model.file
    match state_of(path, model.sha256):
        case State.MISSING:
            raise _unavailable(f"The weights file {model.file} is missing.", _pull(model.id))
        case State.DAMAGED:
            raise _unavailable(f"The weights file {model.file} is damaged or of another version.", _pull(model.id))
        case State.READY:
            return open_session(path, providers=providers, threads=threads)


def _options(threads: int) -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = _ERRORS_ONLY
    # Spinning workers occupy cores that other requests need; a run is so long that waking a worker costs little.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Without VNNI instructions (AVX2, older AVX-512) the fast product of unsigned and signed bytes adds pairs in 16
    # bits and saturates: embeddings were off by cosines of .87 to .99. The exact product takes such a machine 3 % more
    # of FaceNet's time, and changes nothing on others.
    options.add_session_config_entry("session.x64quantprecision", "1")
    # Memory patterns keep a plan for every input shape ever seen; the arena alone is as fast and smaller.
    options.enable_mem_pattern = False
    if _share_arena():
        options.add_session_config_entry("session.use_env_allocators", "1")
    return options


@cache
def _share_arena() -> bool:
    """Let all sessions of the process compute in one arena; return whether they do.

    Models run one after the other on a photo, and one uses what the other has left. It grows by what is asked for: by
    default each growth is twice the one before, and most of that is never used.
    """
    memory = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    try:
        onnxruntime.create_and_register_allocator(memory, onnxruntime.OrtArenaCfg({"arena_extend_strategy": 1}))
    except Exception:  # noqa: BLE001 - as in `open_session`; some other part of the process has registered one
        return False
    return True


def shrinking_run() -> onnxruntime.RunOptions:
    """Return the options of a run after which the arena gives back what it does not use, in a tenth of a second.

    Opening a model takes several times what it holds later.
    """
    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


def _pull(model_id: str) -> str:
    return f"Fetch it with `albumen-models pull {model_id}`; the service looks again by itself."


def _unavailable(problem: str, remedy: str) -> UnavailableError:
    return UnavailableError(Reason.MODEL_UNAVAILABLE, f"{problem} {remedy}")
