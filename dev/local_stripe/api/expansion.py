"""`expand`: which fields hold ids of other objects is read from the pinned SDK's own classes."""

import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, ForwardRef, get_args

import stripe
from stripe._object_classes import OBJECT_CLASSES, get_object_class

from dev.local_stripe.api.resource import Resource
from dev.local_stripe.world.errors import StripeError, invalid
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

MAXIMUM_DEPTH = 4


@cache
def expandable_kinds(owner: type, name: str) -> tuple[str, ...]:
    """The object types whose id the field may hold; empty when the field cannot be expanded."""
    hint = owner.__annotations__.get(name)
    names = [choice.__forward_arg__ for choice in _flatten(hint) if isinstance(choice, ForwardRef)]
    if str not in _flatten(hint):
        return ()
    classes = [getattr(stripe, name.removesuffix("Resource"), None) for name in names]
    return tuple(found.OBJECT_NAME for found in classes if found is not None)


def _flatten(hint: Any) -> list[Any]:
    if typing.get_origin(hint) is list:
        hint = get_args(hint)[0]
    return list(get_args(hint)) or [hint]


class Expander:
    def __init__(self, world: World, resources: Mapping[str, Resource]) -> None:
        self._world = world
        self._resources = resources

    def expand(self, answer: Document, paths: list[str]) -> Document:
        """Replaces ids by their objects along each dotted path, in place."""
        for path in paths:
            parts = path.split(".")
            if len(parts) > MAXIMUM_DEPTH:
                raise invalid(f"You cannot expand more than {MAXIMUM_DEPTH} levels: {path}", param="expand")
            self._walk(answer, parts, path, owner=None)
        return answer

    def _walk(self, node: Document, parts: list[str], path: str, owner: type | None) -> None:
        name, *rest = parts
        kind = str(node.get("object", ""))
        if kind == "list":
            self._walk_list(node, parts, path)
            return
        owner = get_object_class("V1", kind) if kind in OBJECT_CLASSES else owner
        if owner is None or name not in owner.__annotations__:
            raise self._refusal(path)
        includes = self._resources[kind].includes if kind in self._resources else {}
        if name in includes and name not in node:
            node[name] = includes[name](self._world, self._world.get(kind, node["id"]))
        kinds = expandable_kinds(owner, name)
        if kinds:
            node[name] = self._fetched(kinds, node.get(name))
        elif not rest and name not in includes and not isinstance(node.get(name), dict):
            raise self._refusal(path)
        value = node.get(name)
        for nested in value if isinstance(value, list) else [value]:
            if rest and isinstance(nested, dict):
                self._walk(nested, rest, path, getattr(owner, "_inner_class_types", {}).get(name))

    def _walk_list(self, node: Document, parts: list[str], path: str) -> None:
        if parts[0] != "data":
            raise self._refusal(path)
        for item in node["data"]:
            if parts[1:]:
                self._walk(item, parts[1:], path, owner=None)

    def _fetched(self, kinds: tuple[str, ...], value: Any) -> Any:
        """The object behind an id, those behind a list of ids; anything else stays as it is."""
        if isinstance(value, list):
            return [self._fetched(kinds, item) for item in value]
        if not isinstance(value, str):
            return value
        found = ((kind, self._world.find(kind, value)) for kind in kinds)
        objects = (self._world.render(kind, document) for kind, document in found if document is not None)
        return next(objects, value)

    @staticmethod
    def _refusal(path: str) -> StripeError:
        return invalid(f"This property cannot be expanded ({path}).", param="expand")
