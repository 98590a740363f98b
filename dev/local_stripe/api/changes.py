"""Writing request parameters onto objects the way the API reads them."""

from dev.local_stripe.api.contract import Params
from dev.local_stripe.world.storage import Document


def set_fields(document: Document, params: Params, names: str) -> None:
    """Copy the named parameters that were given; an empty string clears. Metadata is merged: an empty value
    removes its key, an empty string instead of a hash removes all."""
    for name in names.split():
        if name not in params:
            continue
        given = params[name]
        if name == "metadata":
            merged = {} if given == "" else {**document["metadata"], **given}
            document["metadata"] = {key: value for key, value in merged.items() if value != ""}
        else:
            document[name] = None if given == "" else given
