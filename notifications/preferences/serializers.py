from typing import Any

from rest_framework import serializers

from notifications.preferences.grid import AT_ONCE
from notifications.preferences.quiet import zone_of
from notifications.vocabulary import Cadence
from numerai.common.http.strict import StrictSerializer

CADENCES = (AT_ONCE, *Cadence.values)
TIME = "%H:%M"


class CellSerializer(serializers.Serializer[Any]):
    channel = serializers.CharField()
    is_on = serializers.BooleanField(help_text="Whether it goes this way as things stand.")
    locked = serializers.BooleanField(help_text="Whether it cannot be switched off.")
    default = serializers.BooleanField(help_text="What holds without a word.")


class KindSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    cells = CellSerializer(many=True)


class CategorySerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    cadence = serializers.ChoiceField(CADENCES)
    kinds = KindSerializer(many=True)


class ChannelSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    is_on = serializers.BooleanField(help_text="False switches off all that was not turned on by itself.")


class QuietSerializer(serializers.Serializer[Any]):
    is_on = serializers.BooleanField()
    days = serializers.ListField(child=serializers.IntegerField(), help_text="On which it begins; Monday is 0.")
    start = serializers.TimeField(format=TIME, allow_null=True)
    end = serializers.TimeField(format=TIME, allow_null=True, help_text="On the next day if it is before `start`.")
    timezone = serializers.CharField(help_text="IANA name; empty for that of the profile.")


class ScheduleSerializer(serializers.Serializer[Any]):
    muted_until = serializers.DateTimeField(allow_null=True)
    quiet = QuietSerializer()
    next_opening = serializers.DateTimeField(
        allow_null=True, help_text="When what is sent now would leave; null is at once."
    )


class PreferencesSerializer(serializers.Serializer[Any]):
    channels = ChannelSerializer(many=True)
    categories = CategorySerializer(many=True)
    schedule = ScheduleSerializer()


class CellRequestSerializer(StrictSerializer):
    channel = serializers.CharField()
    is_on = serializers.BooleanField(allow_null=True, help_text="null takes the person's own word back.")


class KindRequestSerializer(StrictSerializer):
    name = serializers.CharField()
    cells = CellRequestSerializer(many=True)


class CategoryRequestSerializer(StrictSerializer):
    name = serializers.CharField()
    cadence = serializers.ChoiceField(CADENCES, required=False)
    kinds = KindRequestSerializer(many=True, required=False)


class ChannelRequestSerializer(StrictSerializer):
    name = serializers.CharField()
    is_on = serializers.BooleanField()


def is_a_zone(name: str) -> None:
    if name and zone_of(name) is None:
        raise serializers.ValidationError("There is no such time zone.", code="unknown_timezone")


class QuietRequestSerializer(StrictSerializer):
    is_on = serializers.BooleanField(required=False)
    days = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), required=False, max_length=7, allow_empty=True
    )
    start = serializers.TimeField(input_formats=[TIME], format=TIME, required=False, allow_null=True)
    end = serializers.TimeField(input_formats=[TIME], format=TIME, required=False, allow_null=True)
    timezone = serializers.CharField(required=False, allow_blank=True, max_length=64, validators=[is_a_zone])


class ScheduleRequestSerializer(StrictSerializer):
    muted_until = serializers.DateTimeField(required=False, allow_null=True)
    quiet = QuietRequestSerializer(required=False)


class PreferencesRequestSerializer(StrictSerializer):
    """All of the grid, or what is to be changed in it; what only the answer has is passed over."""

    channels = ChannelRequestSerializer(many=True, required=False)
    categories = CategoryRequestSerializer(many=True, required=False)
    schedule = ScheduleRequestSerializer(required=False)
