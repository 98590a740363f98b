from typing import Any

from rest_framework import serializers

from numerology.charts.models import CalculationSystem


class NoteSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    keywords = serializers.ListField(child=serializers.CharField())
    summary = serializers.CharField()
    gift = serializers.CharField()
    caution = serializers.CharField()
    advice = serializers.CharField()


class LineTextSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    summary = serializers.CharField()


class ReadNumberSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(allow_null=True)
    text = NoteSerializer(allow_null=True)


class ReadDebtSerializer(ReadNumberSerializer):
    where = serializers.CharField(help_text="The position that carries it.")


class ReadBridgeSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(allow_null=True)
    text = LineTextSerializer(allow_null=True)


class ReadBridgesSerializer(serializers.Serializer[Any]):
    life_path_destiny = ReadBridgeSerializer()
    soul_urge_personality = ReadBridgeSerializer()


class OtherMethodSerializer(serializers.Serializer[Any]):
    method = serializers.CharField()
    value = serializers.IntegerField(allow_null=True)
    root = serializers.IntegerField(allow_null=True)  # type: ignore[assignment]


class LifePathAnalysisSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    title = serializers.CharField()
    keywords = serializers.ListField(child=serializers.CharField())
    description = serializers.CharField()
    strengths = serializers.ListField(child=serializers.CharField())
    challenges = serializers.ListField(child=serializers.CharField())
    career = serializers.ListField(child=serializers.CharField())
    relationships = serializers.CharField()
    life_purpose = serializers.CharField()
    advice = serializers.CharField()
    birth_date = serializers.DateField()
    method = serializers.CharField(help_text="How the date was added up.")
    calculation = serializers.CharField()
    chain = serializers.ListField(child=serializers.IntegerField(), help_text="From the sum to the number.")
    karmic_debt = ReadNumberSerializer(allow_null=True)
    alternatives = OtherMethodSerializer(many=True, help_text="What other methods give, where they differ.")


class CycleStageSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    age = serializers.IntegerField(help_text="At which it begins, in years; 0 for the first.")
    title = serializers.CharField()
    end_age = serializers.IntegerField(allow_null=True, help_text="The last year of age it lasts through.")
    is_current = serializers.BooleanField()
    text = NoteSerializer()


class FullReportSerializer(serializers.Serializer[Any]):
    full_name = serializers.CharField()
    birth_date = serializers.DateField()
    on_date = serializers.DateField(help_text="Today, where the person lives.")
    age = serializers.IntegerField()
    calculation_system = serializers.ChoiceField(choices=CalculationSystem.values)
    life_path_number = serializers.IntegerField()
    life_path_title = serializers.CharField()
    destiny_number = serializers.IntegerField()
    destiny_title = serializers.CharField()
    soul_urge_number = serializers.IntegerField(allow_null=True, help_text="null for a name without vowels")
    soul_urge_title = serializers.CharField()
    personality_number = serializers.IntegerField(allow_null=True, help_text="null for a name without consonants")
    personality_title = serializers.CharField()
    attitude_number = serializers.IntegerField()
    attitude_title = serializers.CharField()
    maturity_number = serializers.IntegerField()
    maturity_title = serializers.CharField()
    balance_number = serializers.IntegerField()
    balance_title = serializers.CharField()
    personal_year_number = serializers.IntegerField()
    personal_year_title = serializers.CharField()
    birthday_number = serializers.IntegerField(help_text="The day of birth, reduced; its title is that of the day.")
    birthday_title = serializers.CharField()
    challenge_number = serializers.IntegerField(help_text="The main one of the four, 0 to 8.")
    challenge_title = serializers.CharField()
    pinnacle_cycle = CycleStageSerializer(many=True)
    period_cycle = CycleStageSerializer(many=True)
    karmic_debts = ReadDebtSerializer(many=True)
    karmic_lessons = ReadNumberSerializer(many=True)
    hidden_passion = ReadNumberSerializer(many=True)
    rational_thought = ReadNumberSerializer()
    subconscious_self = ReadNumberSerializer()
    essence = ReadNumberSerializer(help_text="Of the present year of age.")
    bridges = ReadBridgesSerializer()
    summary = serializers.CharField()
    content_hash = serializers.CharField(help_text="Of the chart that the report was made from.")
