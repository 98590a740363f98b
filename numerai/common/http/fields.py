from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


@extend_schema_field({"type": "string", "pattern": r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"})
class PickedDateField(serializers.DateField):
    """A day as YYYY-MM-DD in a query, where a date picker that nothing was picked in sends "": see ``picked``."""


def picked(parameters: dict[str, str], *dates: str) -> dict[str, str]:
    """``parameters`` of a query without those of ``dates`` that were left empty."""
    return {name: value for name, value in parameters.items() if value or name not in dates}
