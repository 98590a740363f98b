"""Writing request parameters onto objects the way the API reads them."""

from typing import Any

from dev.local_stripe.api.contract import Params
from dev.local_stripe.world.storage import Document


def nulls(names: str) -> Document:
    """Fields that an answer always has and that are empty until something sets them."""
    return dict.fromkeys(names.split())


def set_fields(document: Document, params: Params, names: str) -> None:
    """Copy the named parameters that were given; an empty string clears."""
    for name in names.split():
        if name in params:
            document[name] = None if params[name] == "" else params[name]


def set_metadata(document: Document, params: Params) -> None:
    """Merge metadata: an empty value removes its key, an empty string instead of a hash removes all."""
    if "metadata" not in params:
        return
    given: Any = params["metadata"]
    merged = {} if given == "" else {**document["metadata"], **given}
    document["metadata"] = {key: value for key, value in merged.items() if value != ""}
