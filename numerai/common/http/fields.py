from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


class ShortListField(serializers.ListField):
    """A list whose length is looked at before its entries: DRF checks each one first, however many there are."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        self.most = max_length
        super().__init__(max_length=max_length, **kwargs)

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and len(data) > self.most:
            self.fail("max_length", max_length=self.most)
        entries: list[Any] = super().to_internal_value(data)
        return entries


class IdField(serializers.UUIDField):
    """A UUID as it is written. DRF's own field takes numbers and truth values too, and in a query nothing at all."""

    def get_value(self, dictionary: Mapping[Any, Any]) -> Any:
        return dictionary.get(self.field_name, serializers.empty)

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        found = super().to_internal_value(data)
        if str(found) != data.lower():
            self.fail("invalid", value=data)
        return found


@extend_schema_field({"type": "string", "pattern": r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"})
class PickedDateField(serializers.DateField):
    """A day as YYYY-MM-DD in a query, where a date picker that nothing was picked in sends "": see ``picked``."""


def picked(parameters: dict[str, str], *dates: str) -> dict[str, str]:
    """``parameters`` of a query without those of ``dates`` that were left empty."""
    return {name: value for name, value in parameters.items() if value or name not in dates}
