from accuracy.bar import Bar
from accuracy.data_source import DataSource
from accuracy.face_detection import FaceAccuracy, Runner
from accuracy.face_verification import EmbedderAccuracy
from accuracy.findings import Findings
from accuracy.object_detection import ObjectAccuracy
from accuracy.object_precision import ObjectPrecision
from accuracy.tags import TagScore
from accuracy.verification import Verification
from accuracy.wider import Subset

SOURCE = DataSource("photos", "0" * 64, 3)


def embedder(precision: str, profile: str, accuracy: float) -> EmbedderAccuracy:
    return EmbedderAccuracy("net", precision, profile, Verification((accuracy, accuracy), 0.6, 0.999, 0.95))


def findings(faces: float = 0.9, objects: float = 0.25, source: DataSource = SOURCE) -> Findings:
    embedders = [embedder("fp32", "", 0.9), embedder("int8", "", 0.985), embedder("int8", "accurate", 0.9899)]
    precisions = {runner: {Subset.EASY: 0.9} for runner in Runner} | {Runner.SERVICE: {Subset.EASY: faces}}
    tags = TagScore(4, 5, 6)
    service, direct = ObjectPrecision(objects, 0.5), ObjectPrecision(0.25, 0.5)
    return Findings(
        source, embedders, FaceAccuracy("f", precisions), ObjectAccuracy("o", 0.3, service, direct, tags, tags), 0
    )


def verdicts(bars: list[Bar], part: str) -> list[str]:
    return [bar.verdict for bar in bars if part in bar.name]


def test_int8_and_the_accurate_profile_have_a_bar() -> None:
    assert verdicts(findings().bars(), "pairs of photos, folds 1-3: accuracy") == ["met", "not met"]


def test_the_service_may_lose_half_a_point() -> None:
    assert verdicts(findings(faces=0.8951, objects=0.2451).bars(), "below") == ["met"] * 4
    assert verdicts(findings(faces=0.8949, objects=0.2449).bars(), "below") == ["not met", "not met", "met", "met"]


def test_tables_show_every_runner_and_bar() -> None:
    tables = findings().tables()
    assert [row[0] for row in tables["verification"].rows] == ["net", "net", "net, accurate"]
    assert [row[0] for row in tables["faces"].rows] == list(Runner)
    assert len(tables["bars"].rows) == len(findings().bars())
