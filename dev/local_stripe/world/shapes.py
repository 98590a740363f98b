"""Empty objects, made from the pinned SDK's own classes: every field an answer has, with nothing in it."""

from functools import cache
from types import NoneType
from typing import Any, ForwardRef, Literal, get_args, get_origin

from stripe import ListObject, PaymentMethod, StripeObject
from stripe._object_classes import get_object_class
from stripe._stripe_object import UntypedStripeObject

from dev.local_stripe.world.storage import Document, copied

EMPTY: dict[Any, Any] = {str: "", int: 0, float: 0.0, bool: False}
EMPTY_LIST = {"object": "list", "data": [], "has_more": False, "url": ""}
# Answered by Stripe only when they are expanded, or only by features that are switched off here.
OMITTED = {
    "coupon": {"applies_to", "currency_options"},
    "customer": {"cash_balance", "invoice_credit_balance", "tax"},
    "invoice": {"confirmation_secret"},
    "plan": {"tiers"},
    "price": {"currency_options", "tiers"},
    "webhook_endpoint": {"secret"},
}


def blank(kind: str) -> Document:
    """A new document of the type: null, empty, zero or false in every field."""
    empty: Document = copied(_blank(kind))
    return empty


def blank_part(cls: type[StripeObject]) -> Document:
    """An empty part of an object, from the class within the object's class."""
    return _fields(cls, set())


@cache
def _blank(kind: str) -> Document:
    return _fields(get_object_class("V1", kind), OMITTED.get(kind, set()))


def _fields(cls: type[StripeObject], omitted: set[str]) -> Document:
    document: Document = {}
    for name, hint in cls.__annotations__.items():
        if name.startswith("_") or name in {"OBJECT_NAME", "deleted", *omitted}:
            continue
        if name == "metadata":
            document[name] = {}
        elif NoneType not in get_args(hint):
            document[name] = _value(hint)
        elif not _is_included_on_request(cls, name, hint):
            document[name] = None
    return document


def _is_included_on_request(cls: type[StripeObject], name: str, hint: Any) -> bool:
    """Optional lists are expanded into; a payment method carries the hash of its own type only."""
    if any(get_origin(choice) is ListObject for choice in get_args(hint)):
        return True
    return cls is PaymentMethod and name in cls._inner_class_types


def _value(hint: Any) -> Any:
    origin = get_origin(hint)
    if origin is Literal:
        return get_args(hint)[0]
    if origin is list:
        return []
    if origin is ListObject:
        return copied(EMPTY_LIST)
    if origin is UntypedStripeObject or isinstance(hint, ForwardRef):
        return {}
    if isinstance(hint, type) and issubclass(hint, StripeObject):
        return _fields(hint, set())
    return EMPTY.get(hint, "")
