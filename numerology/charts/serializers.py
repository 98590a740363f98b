from typing import Any

from rest_framework import serializers

from numerology.charts.current import CurrentProfile
from numerology.charts.models import CalculationSystem
from numerology.engine import EngineError
from numerology.engine.names.normalize import normalize_name
from numerology.errors import LatinNameRequired


class CalculateSerializer(serializers.Serializer[Any]):
    system = serializers.ChoiceField(choices=CalculationSystem.choices, default=CalculationSystem.PYTHAGOREAN.value)
    latin_name = serializers.CharField(
        max_length=200,
        required=False,
        allow_blank=True,
        help_text="Your own spelling in Latin letters, needed for scripts that leave vowels or readings unwritten.",
    )

    def validate_latin_name(self, value: str) -> str:
        if not value:
            return value
        try:
            name = normalize_name(value)
        except EngineError as error:
            raise serializers.ValidationError(error.message, code=error.code) from None
        if name.transliterated:
            raise serializers.ValidationError(LatinNameRequired.detail, code=LatinNameRequired.code)
        return value


class NumerologyProfileSerializer(serializers.Serializer[CurrentProfile]):
    id = serializers.UUIDField()
    life_path_number = serializers.IntegerField()
    destiny_number = serializers.IntegerField()
    soul_urge_number = serializers.IntegerField(allow_null=True, help_text="null for a name without vowels")
    personality_number = serializers.IntegerField(allow_null=True, help_text="null for a name without consonants")
    attitude_number = serializers.IntegerField()
    maturity_number = serializers.IntegerField()
    balance_number = serializers.IntegerField()
    personal_year_number = serializers.IntegerField(help_text="Of today, where the person lives.")
    personal_month_number = serializers.IntegerField(help_text="Of today, where the person lives.")
    calculation_system = serializers.ChoiceField(choices=CalculationSystem.values)
    calculated_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class CalculatedSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
    profile = NumerologyProfileSerializer()


class InterpretationSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(allow_null=True)
    title = serializers.CharField()
    keywords = serializers.ListField(child=serializers.CharField())
    description = serializers.CharField()
    strengths = serializers.ListField(child=serializers.CharField())
    challenges = serializers.ListField(child=serializers.CharField())
    career = serializers.ListField(child=serializers.CharField())
    relationships = serializers.CharField()
    life_purpose = serializers.CharField()
    advice = serializers.CharField()


class InterpretationsSerializer(serializers.Serializer[Any]):
    """One interpretation under the name of each number."""

    life_path_number = InterpretationSerializer()
    destiny_number = InterpretationSerializer()
    soul_urge_number = InterpretationSerializer()
    personality_number = InterpretationSerializer()
    attitude_number = InterpretationSerializer()
    maturity_number = InterpretationSerializer()
    balance_number = InterpretationSerializer()
    personal_year_number = InterpretationSerializer()
    personal_month_number = InterpretationSerializer()


class BirthChartSerializer(serializers.Serializer[Any]):
    profile = NumerologyProfileSerializer()
    interpretations = InterpretationsSerializer()
