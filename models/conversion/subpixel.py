"""Replaces transposed convolutions by 1 x 1 convolutions and a rearrangement, which can run on bytes.

Where the stride equals the size of the kernel, no two inputs contribute to one output: Shi et al., "Is the
deconvolution layer the same as a convolutional layer?" (2016).
"""

import numpy as np
import onnx
from onnx import helper, numpy_helper

from models.errors import ConversionError


def rearrange_transposed(graph: onnx.GraphProto) -> onnx.GraphProto:
    """Return the graph with each ConvTranspose, its BatchNormalization and its Relu as Conv, Relu and DepthToSpace.

    Raises:
        ConversionError: a ConvTranspose is followed by something else, or its stride is not its kernel's size.

    """
    floats = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    reader = {node.input[0]: node for node in graph.node}
    result = onnx.GraphProto()
    result.CopyFrom(graph)
    del result.node[:], result.initializer[:]
    done: set[str] = set()
    for node in graph.node:
        if node.op_type != "ConvTranspose":
            if node.output[0] not in done:
                result.node.add().CopyFrom(node)
            continue
        norm = reader[node.output[0]]
        relu = reader[norm.output[0]]
        kernel = floats[node.input[1]].astype(np.float64)
        size = kernel.shape[2]
        strides = next(list(item.ints) for item in node.attribute if item.name == "strides")
        if (norm.op_type, relu.op_type) != ("BatchNormalization", "Relu") or strides != list(kernel.shape[2:]):
            raise ConversionError(f"the transposed convolution {node.output[0]} is not one that can be rearranged")
        # Fold the batch norm into the weights.
        gamma, beta, mean, variance = (floats[name].astype(np.float64) for name in norm.input[1:])
        epsilon = next(item.f for item in norm.attribute if item.name == "epsilon")
        factor = gamma / np.sqrt(variance + epsilon)
        # DepthToSpace takes its channels in the order: row and column in the block, then channel.
        weight = (kernel * factor[:, None, None]).transpose(2, 3, 1, 0).reshape(-1, len(kernel), 1, 1)
        name = relu.output[0]
        floats[f"{name}/weight"] = weight.astype(np.float32)
        floats[f"{name}/bias"] = np.tile(beta - mean * factor, size * size).astype(np.float32)
        inputs = [node.input[0], f"{name}/weight", f"{name}/bias"]
        result.node.append(helper.make_node("Conv", inputs, [f"{name}/deep"], kernel_shape=[1, 1]))
        result.node.append(helper.make_node("Relu", [f"{name}/deep"], [f"{name}/rectified"]))
        result.node.append(helper.make_node("DepthToSpace", [f"{name}/rectified"], [name], blocksize=size))
        done |= {norm.output[0], name}
    used = {name for node in result.node for name in node.input}
    result.initializer.extend(
        numpy_helper.from_array(np.ascontiguousarray(values), name) for name, values in floats.items() if name in used
    )
    return result
