from typing import Any

from rest_framework import serializers

from numerai.common.http.fields import PickedDateField
from numerology.readings.models import DailyReading


class DailyReadingQuerySerializer(serializers.Serializer[Any]):
    date = PickedDateField(required=False, help_text="By default today, where the person lives.")


class DailyReadingSerializer(serializers.ModelSerializer[DailyReading]):
    class Meta:
        model = DailyReading
        fields = [
            "id",
            "reading_date",
            "personal_day_number",
            "lucky_number",
            "lucky_color",
            "auspicious_time",
            "activity_recommendation",
            "warning",
            "affirmation",
            "actionable_tip",
            "generated_at",
        ]
        read_only_fields = fields


class ReadingHistorySerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(help_text="How many there are in all.")
    page = serializers.IntegerField()
    page_size = serializers.IntegerField()
    results = DailyReadingSerializer(many=True)
