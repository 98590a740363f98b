"""Decodes Stripe's form encoding and holds the parameters against the parameter types of the pinned SDK."""

import re
import sys
import types
import typing
from decimal import Decimal, InvalidOperation
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

from dev.local_stripe.world.errors import StripeError, invalid

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


class Mismatch(Exception):
    """The value is not of the type; carries the error to answer."""

    def __init__(self, error: StripeError) -> None:
        super().__init__(str(error))
        self.error = error


def validate(params_class: str, form: Form, supported: frozenset[str]) -> Params:
    """The form's values in their types. Raises a 400 for a parameter the SDK does not know, a missing or
    wrongly typed one, and for one that Stripe knows but this server does not act upon."""
    try:
        params = _typed_dict(form, attrgetter(params_class)(stripe.params), "")
    except Mismatch as mismatch:
        raise mismatch.error from None
    _refuse_unsupported(params, supported, "")
    return params


def _refuse_unsupported(params: Params, supported: frozenset[str], prefix: str) -> None:
    for name, value in params.items():
        path = f"{prefix}{name}"
        if path in supported or path == "expand":
            continue
        below = f"{path}."
        if any(entry.startswith(below) for entry in supported):
            for nested in value if isinstance(value, list) else [value]:
                if isinstance(nested, dict):
                    _refuse_unsupported(nested, supported, below)
            continue
        raise invalid(
            f"The local Stripe does not implement the parameter {path}.",
            param=path,
            code="parameter_not_implemented_locally",
        )


@cache
def _fields(typed_dict: type) -> dict[str, Any]:
    names = {**vars(typing), **vars(sys.modules[typed_dict.__module__]), "StripeContext": StripeContext}
    hints = get_type_hints(typed_dict, globalns=names)
    return {name: hint for name, hint in hints.items() if name not in RequestOptions.__annotations__}


def _typed_dict(value: Any, typed_dict: Any, path: str) -> Params:
    if not isinstance(value, dict):
        raise Mismatch(invalid(f"Invalid object: {value}", param=path))
    fields = _fields(typed_dict)
    for name in value:
        if name not in fields:
            param = _join(path, name)
            raise Mismatch(invalid(f"Received unknown parameter: {param}", param=param, code="parameter_unknown"))
    for name in typed_dict.__required_keys__:
        if name in fields and name not in value:
            param = _join(path, name)
            raise Mismatch(invalid(f"Missing required param: {param}.", param=param, code="parameter_missing"))
    return {name: _coerce(item, fields[name], _join(path, name)) for name, item in value.items()}


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _coerce(value: Any, hint: Any, path: str) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _union(value, hint, path)
    if is_typeddict(hint):
        return _typed_dict(value, hint, path)
    if origin is list:
        return _list(value, get_args(hint)[0], path)
    if origin in (dict, UntypedStripeObject):
        return _mapping(value, get_args(hint)[-1], path)
    if not isinstance(value, str):
        raise Mismatch(invalid(f"Invalid string: {value}", param=path))
    if origin is Literal:
        return _literal(value, get_args(hint), path)
    return SCALARS[hint](value, path)


def _list(value: Any, item: Any, path: str) -> list[Any]:
    if not isinstance(value, dict) or not all(key.isdigit() for key in value):
        raise Mismatch(invalid(f"Invalid array: {value}", param=path))
    keys = sorted(value, key=int)
    return [_coerce(value[key], item, f"{path}[{key}]") for key in keys]


def _mapping(value: Any, item: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Mismatch(invalid(f"Invalid hash: {value}", param=path))
    return {key: _coerce(entry, item, _join(path, key)) for key, entry in value.items()}


def _literal(value: str, allowed: tuple[Any, ...], path: str) -> str:
    if value in allowed:
        return value
    choices = ", ".join(str(choice) for choice in allowed)
    raise Mismatch(invalid(f"Invalid {path}: must be one of {choices}", param=path))


def _union(value: Any, hint: Any, path: str) -> Any:
    # The SDK leaves enumerations open (`Literal[...] | str`) so that it can read what is newer than itself;
    # the API refuses what it does not list, hence the plain string counts only beside no named choice.
    choices = [choice for choice in get_args(hint) if choice is not type(None)]
    named = any(get_origin(choice) is Literal and get_args(choice) != ("",) for choice in choices)
    if named:
        choices = [choice for choice in choices if choice is not str]
    mismatches = []
    for choice in sorted(choices, key=_looseness):
        try:
            return _coerce(value, choice, path)
        except Mismatch as mismatch:
            mismatches.append(mismatch)
    nested = [mismatch for mismatch in mismatches if mismatch.error.body["error"].get("param") != path]
    raise (nested or mismatches)[-1]


def _looseness(hint: Any) -> int:
    """Literals and numbers are tried before a plain string, which matches everything."""
    return 1 if hint is str else 0


def _integer(value: str, path: str) -> int:
    if not re.fullmatch(r"-?\d+", value):
        raise Mismatch(invalid(f"Invalid integer: {value}", param=path, code="parameter_invalid_integer"))
    return int(value)


def _boolean(value: str, path: str) -> bool:
    if value not in ("true", "false"):
        raise Mismatch(invalid(f"Invalid boolean: {value}", param=path))
    return value == "true"


def _decimal(value: str, path: str) -> Decimal:
    try:
        return Decimal(value)
    except InvalidOperation:
        raise Mismatch(invalid(f"Invalid decimal: {value}", param=path)) from None


SCALARS: dict[Any, typing.Callable[[str, str], Any]] = {
    str: lambda value, path: value,
    int: _integer,
    bool: _boolean,
    float: lambda value, path: float(_decimal(value, path)),
    Decimal: _decimal,
}
