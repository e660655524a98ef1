"""Measures the embedder in faces a second over gRPC, beside ONNX Runtime called directly."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from statistics import median
from typing import Final

import numpy as np

from albumen.embedder.v1 import embedder_service_pb2 as pb
from albumen.embedder.v1.embedder_service_pb2_grpc import EmbedderServiceStub
from benchmarks.plain_model import plain_model
from benchmarks.serving.load import closed_loop, threads_loop
from benchmarks.serving.material import Material
from benchmarks.serving.meter import Meter
from benchmarks.serving.row import Row, Sense
from benchmarks.serving.services import Services
from benchmarks.serving.spent import Spent, spent_table
from benchmarks.table import Table
from models.entries import Model, Task
from models.home import weights_dir
from models.manifest import load_manifest
from services.common.inference import open_session

THREADS: Final = 2
BATCH: Final = 8
CLIENTS: Final = 8
SLICES: Final = 5

_FACES_A_CALL: Final = (1, 4, 8)
_COMPARED: Final = 4
_SPEED_BAR: Final = 3.0
_OVERHEAD_BAR: Final = 85.0


@dataclass(frozen=True, slots=True)
class EmbeddingRound:
    """One round.

    Attributes:
        served: the embedder, by faces a call.
        fp32: the published model, called directly.
        int8: the services' own model, called directly.

    """

    served: dict[int, Spent]
    fp32: Spent
    int8: Spent

    @property
    def speedup(self) -> float:
        """How many times as many faces a second as fp32 called directly."""
        return self.served[_COMPARED].rate / self.fp32.rate

    @property
    def kept(self) -> float:
        """Per cent of the speed of the same model called directly."""
        return 100 * self.served[_COMPARED].rate / self.int8.rate


async def measure_embedding(
    services: Services, material: Material, rounds: int, seconds: float, advance: Callable[[], None]
) -> list[EmbeddingRound]:
    """Take turns between the embedder and direct calls, `seconds` each."""
    manifest = load_manifest()
    fp32 = _direct(plain_model(manifest, Task.FACE_EMBEDDING), material)
    int8 = _direct(manifest.default(Task.FACE_EMBEDDING), material)

    def direct(work: Callable[[], int]) -> Spent:
        spent = Meter.run(lambda: threads_loop(work, THREADS, seconds))
        advance()
        return spent

    found = []
    async with services.channel("embedder") as channel:
        stub = EmbedderServiceStub(channel)
        for _ in range(rounds):
            served = {}
            for faces in _FACES_A_CALL:
                request = embed_request(material, faces)

                async def call(request: pb.EmbedRequest = request) -> int:
                    response = await stub.Embed(request, timeout=60)
                    return sum(result.HasField("embedding") for result in response.results)

                await call()
                meter = Meter(services.only("embedder"))
                served[faces] = meter.stop(await closed_loop(call, CLIENTS, seconds))
                advance()
            found.append(EmbeddingRound(served, direct(fp32), direct(int8)))
    return found


def embed_request(material: Material, faces: int) -> pb.EmbedRequest:
    """Return a call of so many faces."""
    crops = material.faces()
    return pb.EmbedRequest(faces=[pb.FaceImage(rgb=crops[index % len(crops)].tobytes()) for index in range(faces)])


def embedding_rows(rounds: Sequence[EmbeddingRound]) -> list[Row]:
    """Return the claims about the embedder."""
    speedups, kept = [one.speedup for one in rounds], [one.kept for one in rounds]
    served, int8 = (median(each) for each in zip(*((_cost(one), one.int8.cpu_per_unit) for one in rounds), strict=True))
    client = median(one.served[_COMPARED].client_cpu / one.served[_COMPARED].units for one in rounds)
    cost = (
        f"CPU a face: {1e3 * int8:.2f} ms in the model called directly; over gRPC {1e3 * served:.2f} ms, of which the "
        f"client, on the same cores, takes {1e3 * client:.2f} ms."
    )
    fp32 = median(one.fp32.cpu_per_unit for one in rounds)
    gain = f" In fp32 the model takes {1e3 * fp32:.2f} ms, so int8 alone gains {fp32 / int8:.2f}x."
    return [
        Row("embedder over gRPC, 8 clients, 4 faces a call, beside fp32 called directly: faces/s",
            median(speedups), _SPEED_BAR, Sense.AT_LEAST, "x", (min(speedups), max(speedups)), cost + gain),
        Row("the same beside its own int8 model called directly: faces/s",
            median(kept), _OVERHEAD_BAR, Sense.AT_LEAST, " %", (min(kept), max(kept)), cost),
    ]  # fmt: skip


def embedding_table(rounds: Sequence[EmbeddingRound]) -> Table:
    """Return what was measured of each way to embed."""
    ways = {f"gRPC, {faces} face{'s' if faces > 1 else ''} a call": [one.served[faces] for one in rounds]
            for faces in _FACES_A_CALL}  # fmt: skip
    ways["fp32 called directly, batches of 8"] = [one.fp32 for one in rounds]
    ways["int8 called directly, batches of 8"] = [one.int8 for one in rounds]
    return spent_table("Embedder", "faces", ways)


def _cost(one: EmbeddingRound) -> float:
    return one.served[_COMPARED].cpu_per_unit


def _direct(model: Model, material: Material) -> Callable[[], int]:
    session = open_session(weights_dir() / model.file, threads=1)
    faces, name, turns = material.faces(), session.get_inputs()[0].name, count()

    def work() -> int:
        # A new batch each time, as a service has to make one too.
        batch = np.stack([faces[(next(turns) + index) % len(faces)] for index in range(BATCH)])
        session.run(None, {name: batch})
        return BATCH

    work()
    return work
