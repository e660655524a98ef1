from pathlib import Path

from tools.protos import DESCRIPTORS, PROTOS, generate


def _generated(root: Path) -> dict[str, bytes]:
    patterns = (
        "*_pb2.py",
        "*_pb2.pyi",
        "*_pb2_grpc.py",
        "*_pb2_grpc.pyi",
        "google/**/*.*",
        "google/LICENSE",
        DESCRIPTORS,
    )
    return {
        str(path.relative_to(root)): path.read_bytes()
        for pattern in patterns
        for path in root.rglob(pattern)
        if path.is_file()
    }


def test_generated_code_is_fresh(tmp_path: Path) -> None:
    generate(tmp_path)
    fresh, committed = _generated(tmp_path), _generated(PROTOS)
    assert fresh.keys() == committed.keys()
    stale = [name for name in fresh if fresh[name] != committed[name]]
    assert not stale, f"run `make protos`: {stale}"


def test_what_is_generated_is_all_compared() -> None:
    compared = _generated(PROTOS)
    assert {DESCRIPTORS, "google/LICENSE", "google/README.md", "google/rpc/status.proto"} < compared.keys()
    assert "albumen/catalog/v1/image_service_pb2_grpc.pyi" in compared
