from typing import Any

from rest_framework import serializers

from accounts.profiles.fields import PlainTextField
from numerai.common.http.fields import PickedDateField, ShortListField
from numerai.common.http.strict import StrictSerializer
from numerology.remedies.models import LONGEST_NOTES, Remedy, RemedyTracking


class RemedySerializer(serializers.ModelSerializer[Remedy]):
    class Meta:
        model = Remedy
        fields = [
            "id",
            "user",
            "remedy_type",
            "title",
            "description",
            "recommendation",
            "reason",
            "position",
            "number",
            "is_active",
            "reminder_time",
            "reminder_weekdays",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields


class RemedyChangeSerializer(StrictSerializer):
    is_active = serializers.BooleanField(help_text="false puts the remedy aside, true takes it up again.")


class ReminderSerializer(StrictSerializer):
    time = serializers.TimeField(
        input_formats=["%H:%M", "%H:%M:%S"], help_text="By the clock of where the person lives, as 07:30."
    )
    weekdays = ShortListField(
        child=serializers.IntegerField(min_value=1, max_value=7),
        required=False,
        min_length=1,
        max_length=7,
        help_text="1 is Monday, 7 is Sunday; every day if absent.",
    )


class TrackSerializer(StrictSerializer):
    date = serializers.DateField(help_text="Today, where the person lives, or one of the 30 days before.")
    is_completed = serializers.BooleanField()
    notes = PlainTextField(max_length=LONGEST_NOTES, single_line=False, required=False, allow_blank=True)


class RemedyTrackingSerializer(serializers.ModelSerializer[RemedyTracking]):
    class Meta:
        model = RemedyTracking
        fields = ["id", "user", "remedy", "date", "is_completed", "notes", "created_at", "updated_at"]
        read_only_fields = fields


class ProgressQuerySerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField(
        min_value=1, max_value=366, default=30, help_text="How many days until today are looked at."
    )


class TrackingsQuerySerializer(serializers.Serializer[Any]):
    since = PickedDateField(required=False, help_text="By default 30 days before `until`.")
    until = PickedDateField(required=False, help_text="By default today, where the person lives.")


class DaySerializer(serializers.Serializer[Any]):
    date = serializers.DateField()
    is_completed = serializers.BooleanField(allow_null=True, help_text="null where nothing was noted.")


class ProgressSerializer(serializers.Serializer[Any]):
    current_streak = serializers.IntegerField(help_text="Days in a row until today, or yesterday if today is open.")
    longest_streak = serializers.IntegerField()
    completed = serializers.IntegerField(help_text="Of the days looked at.")
    days = serializers.IntegerField()
    completion_rate = serializers.FloatField(min_value=0, max_value=1)


class RemedyProgressSerializer(ProgressSerializer):
    chart = DaySerializer(many=True, help_text="Each of the days looked at, the oldest first.")


class ProgressOfTypeSerializer(ProgressSerializer):
    remedy = serializers.UUIDField()
    remedy_type = serializers.CharField()
    title = serializers.CharField()


class DayTotalSerializer(serializers.Serializer[Any]):
    date = serializers.DateField()
    completed = serializers.IntegerField(help_text="How many of the remedies were practised.")


class AllProgressSerializer(ProgressSerializer):
    remedies = ProgressOfTypeSerializer(many=True)
    chart = DayTotalSerializer(many=True, help_text="Each of the days looked at, the oldest first.")
