from typing import Any

from rest_framework import serializers

from numerai.common.http.fields import IdField
from numerology.charts.reports.serializers import LineTextSerializer, ReadNumberSerializer
from numerology.engine.choices import CHOICES
from numerology.engine.grids.lines import LineKind, LineState
from numerology.engine.options import Gender
from numerology.people.serializers import PersonGenderField

FILLS = CHOICES["lo_shu_fill"]
RULES = CHOICES["lo_shu_driver"]


class FillField(serializers.ChoiceField):
    default_error_messages = {"invalid_choice": f"Enter one of: {', '.join(FILLS)}."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[(each, each) for each in FILLS], **kwargs)


class LoShuQuerySerializer(serializers.Serializer[Any]):
    fill = FillField(required=False, help_text="What is written besides the digits of the date: driver and conductor.")
    gender = PersonGenderField(required=False, help_text="Whose Kua number; that of the profile if absent.")
    person_id = IdField(required=False, help_text="Somebody I keep; my own grid if absent.")


class GridEntrySerializer(serializers.Serializer[Any]):
    digit = serializers.IntegerField()
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=[(each, each) for each in ("date", "driver", "conductor", "kua")]
    )


class GridCellSerializer(serializers.Serializer[Any]):
    digit = serializers.IntegerField()
    count = serializers.IntegerField()
    text = LineTextSerializer()


class GridLineSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="Its digits as they stand in the grid.")
    kind = serializers.ChoiceField(choices=[(each.value, each.value) for each in LineKind])
    digits = serializers.ListField(child=serializers.IntegerField())
    names = serializers.ListField(child=serializers.CharField(), help_text="What authors call it.")
    counts = serializers.ListField(child=serializers.IntegerField())
    present = serializers.IntegerField(help_text="How many of its three digits are there.")
    state = serializers.ChoiceField(choices=[(each.value, each.value) for each in LineState])
    text = LineTextSerializer(allow_null=True, help_text="null for a line that is neither full nor empty.")


class GridKuaSerializer(ReadNumberSerializer):
    gender = serializers.ChoiceField(choices=[(each.value, each.value) for each in (Gender.MALE, Gender.FEMALE)])


class LoShuGridSerializer(serializers.Serializer[Any]):
    birth_date = serializers.DateField()
    fill = serializers.ChoiceField(choices=[(each, each) for each in FILLS])
    driver_rule = serializers.ChoiceField(choices=[(each, each) for each in RULES])
    gender = serializers.ChoiceField(choices=[(each.value, each.value) for each in Gender])
    entries = GridEntrySerializer(many=True)
    rows = serializers.ListField(child=GridCellSerializer(many=True), help_text="4 9 2, 3 5 7, 8 1 6.")
    lines = GridLineSerializer(many=True)
    full = GridLineSerializer(many=True)
    empty = GridLineSerializer(many=True)
    missing = GridCellSerializer(many=True)
    repeated = GridCellSerializer(many=True)
    driver = ReadNumberSerializer()
    conductor = ReadNumberSerializer()
    driver_conductor = LineTextSerializer()
    kua = GridKuaSerializer(many=True)
