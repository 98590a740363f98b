from datetime import date
from typing import Any

from rest_framework import serializers

from numerai.common.http.fields import PickedDateField
from numerology.readings.periods.spans import Span, month_of, year_of

OTHERS = "Either this or `date`."


class WeekQuerySerializer(serializers.Serializer[Any]):
    date = PickedDateField(required=False, help_text="Any day of the week; by default today, where the person lives.")


class MonthQuerySerializer(serializers.Serializer[Any]):
    date = PickedDateField(required=False, help_text="Any day of the month; by default today, where the person lives.")
    month = serializers.RegexField(r"^[0-9]{4}-(0[1-9]|1[0-2])$", required=False, help_text=f"YYYY-MM. {OTHERS}")

    def validate_month(self, value: str) -> Span:
        return _span(value + "-01", month_of, "month")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return _one_of(attrs, "month")


class YearQuerySerializer(serializers.Serializer[Any]):
    date = PickedDateField(required=False, help_text="Any day of the year; by default today, where the person lives.")
    year = serializers.RegexField(r"^[0-9]{4}$", required=False, help_text=f"YYYY. {OTHERS}")

    def validate_year(self, value: str) -> Span:
        return _span(value + "-01-01", year_of, "year")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return _one_of(attrs, "year")


def _span(first: str, spanning: Any, name: str) -> Span:
    try:
        span: Span = spanning(date.fromisoformat(first))
    except (ValueError, OverflowError):
        raise serializers.ValidationError(f"Enter a {name} that there is.") from None
    return span


def _one_of(attrs: dict[str, Any], name: str) -> dict[str, Any]:
    if name in attrs and "date" in attrs:
        raise serializers.ValidationError({name: f"Give either a {name} or a date."})
    if name in attrs:
        return {"date": attrs[name].first}
    return attrs


class WeekDaySerializer(serializers.Serializer[Any]):
    date = serializers.DateField()
    personal_day_number = serializers.IntegerField()
    title = serializers.CharField()
    line = serializers.CharField()


class BestDaySerializer(serializers.Serializer[Any]):
    purpose = serializers.ChoiceField(choices=("start", "work", "people", "rest"))
    date = serializers.DateField()
    personal_day_number = serializers.IntegerField()
    reason = serializers.CharField()


class TurnSerializer(serializers.Serializer[Any]):
    date = serializers.DateField(help_text="The first day of the new Personal Month.")
    personal_year_number = serializers.IntegerField()
    personal_month_number = serializers.IntegerField()
    title = serializers.CharField()


class WeeklyReadingSerializer(serializers.Serializer[Any]):
    week = serializers.CharField(help_text="The ISO week; its numbers are those of its Thursday.")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    personal_year_number = serializers.IntegerField()
    personal_month_number = serializers.IntegerField()
    universal_month_number = serializers.IntegerField()
    title = serializers.CharField()
    keywords = serializers.ListField(child=serializers.CharField())
    theme = serializers.CharField()
    focus = serializers.CharField()
    around = serializers.CharField(help_text="What the month is like for everybody.")
    turn = TurnSerializer(allow_null=True, help_text="Where another Personal Month begins within the week.")
    days = WeekDaySerializer(many=True)
    best_days = BestDaySerializer(many=True)
    content_version = serializers.IntegerField(help_text="The version of the texts it was chosen from.")


class MonthWeekSerializer(serializers.Serializer[Any]):
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    personal_day_number = serializers.IntegerField(help_text="Of its first day.")
    line = serializers.CharField()


class UniversalSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    title = serializers.CharField()
    summary = serializers.CharField()


class MonthlyReadingSerializer(serializers.Serializer[Any]):
    month = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    personal_year_number = serializers.IntegerField()
    personal_year_title = serializers.CharField()
    personal_month_number = serializers.IntegerField()
    title = serializers.CharField()
    keywords = serializers.ListField(child=serializers.CharField())
    theme = serializers.CharField()
    within_the_year = serializers.CharField()
    description = serializers.CharField()
    advice = serializers.CharField()
    universal_month = UniversalSerializer()
    weeks = MonthWeekSerializer(many=True)
    days_in_tune = serializers.ListField(
        child=serializers.DateField(), help_text="Those whose Personal Day is the number of the Personal Month."
    )
    content_version = serializers.IntegerField(help_text="The version of the texts it was chosen from.")


class YearMonthSerializer(serializers.Serializer[Any]):
    month = serializers.CharField()
    personal_month_number = serializers.IntegerField()
    title = serializers.CharField()
    line = serializers.CharField()


class StretchSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="Which of them it is in life; empty for an Essence.")
    number = serializers.IntegerField()
    starts_on = serializers.DateField(help_text="Within this year.")
    ends_on = serializers.DateField(help_text="Within this year.")
    title = serializers.CharField()
    summary = serializers.CharField()
    gift = serializers.CharField()
    caution = serializers.CharField()
    advice = serializers.CharField()


class RemarkSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    title = serializers.CharField()
    summary = serializers.CharField()
    advice = serializers.CharField()


class YearlyReadingSerializer(serializers.Serializer[Any]):
    year = serializers.IntegerField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    personal_year_number = serializers.IntegerField()
    title = serializers.CharField()
    keywords = serializers.ListField(child=serializers.CharField())
    theme = serializers.CharField()
    description = serializers.CharField()
    strengths = serializers.ListField(child=serializers.CharField())
    challenges = serializers.ListField(child=serializers.CharField())
    advice = serializers.CharField()
    universal_year = RemarkSerializer()
    challenge = RemarkSerializer(help_text="The main Challenge, which goes with all of life.")
    months = YearMonthSerializer(many=True)
    pinnacles = StretchSerializer(many=True, help_text="Two where the birthday of this year brings another one.")
    periods = StretchSerializer(many=True, help_text="The same of the Period Cycles.")
    essences = StretchSerializer(many=True, help_text="The same of the Essence; empty without letters to count.")
    content_version = serializers.IntegerField(help_text="The version of the texts it was chosen from.")
