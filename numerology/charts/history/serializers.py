from rest_framework import serializers

from numerology.charts.history.models import CalculationReason, ProfileCalculation
from numerology.charts.models import CalculationSystem


class ProfileCalculationSerializer(serializers.ModelSerializer[ProfileCalculation]):
    reason = serializers.ChoiceField(
        choices=CalculationReason.values, help_text="What made the numbers other ones than before."
    )
    calculation_system = serializers.ChoiceField(choices=CalculationSystem.values)

    class Meta:
        model = ProfileCalculation
        fields = [
            "id",
            "place",
            "reason",
            "full_name",
            "latin_name",
            "birth_date",
            "calculation_system",
            "life_path_number",
            "destiny_number",
            "soul_urge_number",
            "personality_number",
            "attitude_number",
            "maturity_number",
            "balance_number",
            "engine_version",
            "calculated_at",
        ]
        read_only_fields = fields
