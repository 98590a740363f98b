"""Stripe's form encoding: `items[0][price]=p` and `expand[]=a` become nested dictionaries of strings."""

import re
from typing import Any
from urllib.parse import parse_qsl

from dev.local_stripe.api.errors import invalid

Form = dict[str, Any]


def decode(encoded: str) -> Form:
    """Nested dictionaries with strings as leaves; lists are dictionaries keyed by their index."""
    form: Form = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        head, *rest = re.findall(r"[^\[\]]+|\[\]", name) or [name]
        target, key = form, head
        for part in rest:
            nested = target.setdefault(key, {})
            if not isinstance(nested, dict):
                raise invalid(f"Invalid hash: {head}", param=head)
            target, key = nested, str(len(nested)) if part == "[]" else part
        target[key] = value
    return form
