"""Reads class names from the metadata of an ONNX file."""

import ast

import onnxruntime


def class_names_of(session: onnxruntime.InferenceSession) -> tuple[str, ...]:
    """Return the names under the key ``names``, in the order of the classes; empty if there are none.

    Ultralytics writes them as the text of a Python dict from index to name, or of a list.
    """
    text = session.get_modelmeta().custom_metadata_map.get("names", "")
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return ()
    if isinstance(value, dict) and set(value) == set(range(len(value))):
        value = [value[index] for index in range(len(value))]
    return tuple(map(str, value)) if isinstance(value, list) else ()
