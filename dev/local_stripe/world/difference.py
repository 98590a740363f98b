"""What `previous_attributes` of an update event holds."""

from dev.local_stripe.world.storage import Document


def previous_attributes(before: Document, after: Document) -> Document:
    """The old values of what changed: hashes are reduced to their changed keys, lists are given whole."""
    previous: Document = {}
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            previous[key] = previous_attributes(old, new)
        else:
            previous[key] = old
    return previous
