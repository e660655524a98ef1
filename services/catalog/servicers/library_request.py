"""What requests say of libraries, checked."""

from typing import Final

from albumen.catalog.v1 import library_service_pb2 as pb
from services.catalog.display_name import checked_display_name
from services.catalog.library_settings import SettingsChange
from services.catalog.reclustering import check_parameters
from services.catalog.servicers.field_mask import fields_to_update, may_update
from services.common.checks import Checks

_CLUSTERING: Final = "clustering"
_PARAMETERS: Final = ("eps", "min_samples", "min_quality")
_UPDATABLE: Final = frozenset({"display_name", _CLUSTERING, *(f"{_CLUSTERING}.{name}" for name in _PARAMETERS)})


def settings_change(request: pb.UpdateLibraryRequest) -> SettingsChange:
    """Return what is to be changed of a library.

    Raises:
        InvalidArgumentError: UPDATE_MASK_INVALID, DISPLAY_NAME_TOO_LONG, DISPLAY_NAME_INVALID, PARAMETER_OUT_OF_RANGE.

    """
    checks, library = Checks(), request.library
    known = checks.known(checks.run(fields_to_update, request.update_mask, library, _UPDATABLE))
    if known is None:
        # What a wrong mask names beside is looked at all the same.
        known = frozenset(field for field in _UPDATABLE if may_update(request.update_mask, field))
    name = None
    if "display_name" in known:
        name = checks.run(checked_display_name, library.display_name, field="library.display_name")
    sent = {field.name for field, _ in library.clustering.ListFields()}
    values: dict[str, float | int] = {}
    for parameter in _PARAMETERS:
        # Of a message as a whole, those that are not empty count, unless the mask names it.
        whole = _CLUSTERING in known and (parameter in sent or bool(request.update_mask.paths))
        if whole or f"{_CLUSTERING}.{parameter}" in known:
            values[parameter] = getattr(library.clustering, parameter)
    eps, min_samples, min_quality = (values.get(parameter) for parameter in _PARAMETERS)
    count = None if min_samples is None else int(min_samples)
    checks.run(check_parameters, eps, count, min_quality, field="library.clustering.")
    checks.done()
    return SettingsChange(name, eps, count, min_quality)
