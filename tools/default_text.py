"""The default of a setting, as documents print it."""

import os

from pydantic.fields import FieldInfo


def default_text(info: FieldInfo) -> str:
    """Return the default of a setting as Markdown; what depends on the machine is said in words."""
    if info.default_factory is None:
        return f"`{info.default}`"
    if isinstance(info.json_schema_extra, dict):
        return str(info.json_schema_extra["default"])
    value = info.get_default(call_default_factory=True, validated_data={})
    cores = os.cpu_count() or 1
    if isinstance(value, int):
        return "number of cores" if value == cores else f"{value // cores} times the number of cores"
    return f"`{value.name}` in `ALBUMEN_HOME`"
