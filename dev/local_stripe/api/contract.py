"""Decodes Stripe's form encoding and holds the parameters against the parameter types of the pinned SDK."""

import re
import sys
import types
import typing
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any, Literal, Union, get_args, get_origin
from urllib.parse import parse_qsl

import stripe
import stripe.params
from stripe._request_options import RequestOptions
from stripe._stripe_context import StripeContext
from stripe._stripe_object import UntypedStripeObject
from typing_extensions import get_type_hints, is_typeddict

from dev.local_stripe.world.errors import StripeError, invalid, missing

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


Params = dict[str, Any]
PATTERNS = {int: r"-?\d+", bool: "true|false", float: r"-?\d+(\.\d+)?", Decimal: r"-?\d+(\.\d+)?"}


def validate(params_class: str, form: Form, supported: frozenset[str]) -> Params:
    """The form's values in their types. Raises a 400 for a parameter the SDK does not know, a missing or
    wrongly typed one, and for one that Stripe knows but this server does not act upon."""
    params = _typed_dict(form, attrgetter(params_class)(stripe.params), "")
    _refuse_unsupported(params, supported, "")
    return params


def _refuse_unsupported(params: Params, supported: frozenset[str], prefix: str) -> None:
    for name, value in params.items():
        path = f"{prefix}{name}"
        if path in supported or path == "expand":
            continue
        if not any(entry.startswith(f"{path}.") for entry in supported):
            message = f"The local Stripe does not implement the parameter {path}."
            raise invalid(message, param=path, code="parameter_not_implemented_locally")
        for nested in value if isinstance(value, list) else [value]:
            if isinstance(nested, dict):
                _refuse_unsupported(nested, supported, f"{path}.")


@cache
def _fields(typed_dict: type) -> dict[str, Any]:
    names = {**vars(typing), **vars(sys.modules[typed_dict.__module__]), "StripeContext": StripeContext}
    hints = get_type_hints(typed_dict, globalns=names)
    return {name: hint for name, hint in hints.items() if name not in RequestOptions.__annotations__}


def _typed_dict(value: Any, typed_dict: Any, path: str) -> Params:
    if not isinstance(value, dict):
        raise invalid(f"Invalid object: {value}", param=path)
    fields = _fields(typed_dict)
    for name in value.keys() - fields.keys():
        param = _join(path, name)
        raise invalid(f"Received unknown parameter: {param}", param=param, code="parameter_unknown")
    for name in (typed_dict.__required_keys__ & fields.keys()) - value.keys():
        raise missing(_join(path, name))
    return {name: _coerce(item, fields[name], _join(path, name)) for name, item in value.items()}


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _coerce(value: Any, hint: Any, path: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _union(value, arguments, path)
    if is_typeddict(hint):
        return _typed_dict(value, hint, path)
    if origin is list:
        if not isinstance(value, dict) or not all(key.isdigit() for key in value):
            raise invalid(f"Invalid array: {value}", param=path)
        return [_coerce(value[key], arguments[0], f"{path}[{key}]") for key in sorted(value, key=int)]
    if origin in (dict, UntypedStripeObject):
        if not isinstance(value, dict):
            raise invalid(f"Invalid hash: {value}", param=path)
        return {key: _coerce(entry, arguments[-1], _join(path, key)) for key, entry in value.items()}
    if not isinstance(value, str):
        raise invalid(f"Invalid string: {value}", param=path)
    if origin is Literal:
        if value not in arguments:
            raise invalid(f"Invalid {path}: must be one of {', '.join(map(str, arguments))}", param=path)
        return value
    if not re.fullmatch(PATTERNS.get(hint, ".*"), value, re.DOTALL):
        name = {int: "integer", bool: "boolean"}.get(hint, "decimal")
        code = "parameter_invalid_integer" if hint is int else None
        raise invalid(f"Invalid {name}: {value}", param=path, code=code)
    return value == "true" if hint is bool else hint(value)


def _union(value: Any, choices: tuple[Any, ...], path: str) -> Any:
    # The SDK leaves enumerations open (`Literal[...] | str`) so that it can read what is newer than itself;
    # the API refuses what it does not list, hence the plain string counts only beside no named choice.
    named = any(get_origin(choice) is Literal and get_args(choice) != ("",) for choice in choices)
    mismatches = []
    # Literals and numbers are tried before a plain string, which matches everything.
    for choice in sorted(choices, key=lambda choice: choice is str):
        if choice is type(None) or (named and choice is str):
            continue
        try:
            return _coerce(value, choice, path)
        except StripeError as mismatch:
            mismatches.append(mismatch)
    nested = [mismatch for mismatch in mismatches if mismatch.body["error"].get("param") != path]
    raise (nested or mismatches)[-1]
