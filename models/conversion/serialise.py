"""The last step of every conversion: adds versions and metadata, checks the model, and returns its bytes."""

from collections.abc import Mapping

import onnx
from onnx import checker, helper, shape_inference

from models.errors import ConversionError

OPSET = 17
IR_VERSION = 8
PRODUCER = "albumen"


def serialise(graph: onnx.GraphProto, metadata: Mapping[str, str]) -> bytes:
    """Return the bytes of an ONNX file.

    Versions are set here and not taken from the installed onnx, so that the bytes do not depend on it.

    Args:
        graph: the model.
        metadata: source, license, version and the like, which are stored in the file.

    Raises:
        ConversionError: the model does not pass the checker and strict shape inference.

    """
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name=PRODUCER,
    )
    for key in sorted(metadata):
        model.metadata_props.add(key=key, value=metadata[key])
    try:
        checker.check_model(model, full_check=True)
        shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    except (checker.ValidationError, shape_inference.InferenceError) as error:
        raise ConversionError(f"the converted model {graph.name} is not valid ONNX: {error}") from error
    return model.SerializeToString(deterministic=True)
