from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

WANTED: tuple[tuple[type["serializers.Field[Any, Any, Any, Any]"], type, str], ...] = (
    (serializers.CharField, str, "Enter a text."),
    (serializers.ChoiceField, str, "Enter a text."),
    (serializers.BooleanField, bool, "Enter true or false."),
    (serializers.IntegerField, int, "Enter a whole number."),
)


class StrictSerializer(serializers.Serializer[Any]):
    """Input in JSON, which has types of its own: a number is a mistake of the caller, not a text, and "false" is no
    boolean. Not for queries, where everything is a text."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, Mapping):
            wrong = {
                name: [said]
                for name in list(self.fields.keys())
                if name in data and (said := self._objection(name, data))
            }
            if wrong:
                raise serializers.ValidationError(wrong, code="invalid")
        values: dict[str, Any] = super().to_internal_value(data)
        return values

    def _objection(self, name: str, data: Mapping[str, Any]) -> str | None:
        given = data[name]
        if given is None:
            return None  # Whether there may be nothing is for the field to say.
        for kind, wanted, said in WANTED:
            if isinstance(self.fields[name], kind):
                is_bool = isinstance(given, bool)
                return None if isinstance(given, wanted) and is_bool == (wanted is bool) else said
        return None
