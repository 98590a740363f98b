from datetime import date
from typing import Any

from rest_framework import serializers

from accounts.profiles.fields import BirthDateField, FullNameField, PlainTextField
from numerai.common.http.fields import IdField
from numerai.common.http.strict import StrictSerializer
from numerology.charts.models import CalculationSystem
from numerology.charts.whole.services import Asked
from numerology.engine.choices import CHOICES
from numerology.people.serializers import PersonGenderField

LONGEST_NAME = 200
LONGEST_METHOD = 60


class ChartSystemField(serializers.ChoiceField):
    default_error_messages = {"invalid_choice": f"Enter one of: {', '.join(CalculationSystem.values)}."}

    def __init__(self) -> None:
        super().__init__(choices=CalculationSystem.choices, default=CalculationSystem.PYTHAGOREAN.value)


class OptionsField(serializers.DictField):
    """Methods by the names of the options; what they may be is for the engine to say."""

    child = PlainTextField(max_length=LONGEST_METHOD, allow_null=True)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        # A name that is no option is refused by the engine, whatever it is given; its value is not looked at.
        if isinstance(data, dict) and not data.keys() <= CHOICES.keys():
            return dict.fromkeys(data.keys() - CHOICES.keys())
        values: dict[str, Any] = super().to_internal_value(data)
        return values


class ChartInputSerializer(StrictSerializer):
    """``context["today"]`` is the day it is for the person."""

    name = FullNameField(help_text="The full name at birth.")
    birth_date = BirthDateField(help_text="From the year 1000 to 9999; it may lie in the future.")
    on_date = BirthDateField(required=False, help_text="For which day; the person's own today if absent.")
    system = ChartSystemField()
    current_name = PlainTextField(
        max_length=LONGEST_NAME, required=False, allow_blank=True, help_text="The name used today, if another."
    )
    latin_name = PlainTextField(
        max_length=LONGEST_NAME,
        required=False,
        allow_blank=True,
        help_text="The name in Latin letters, for scripts that leave vowels or readings unwritten.",
    )
    gender = PersonGenderField(
        required=False, help_text="Asked for by the Kua number alone; both are given without it."
    )
    options = OptionsField(
        required=False, help_text="A method for each point on which authors differ, where another than the mainstream."
    )
    with_texts = serializers.BooleanField(default=False, help_text="Whether `texts` is given.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "gender" in attrs and "gender" in attrs.get("options", {}):
            raise serializers.ValidationError({"gender": ["Give it here or among the options."]}, code="repeated")
        return attrs

    def asked(self) -> Asked:
        given = self.validated_data
        today: date = self.context["today"]
        return Asked(
            name=given["name"],
            birth_date=given["birth_date"],
            on_date=given.get("on_date", today),
            system=given["system"],
            current_name=given.get("current_name") or None,
            latin_name=given.get("latin_name") or None,
            options=given.get("options", {}) | ({"gender": given["gender"]} if "gender" in given else {}),
        )


class TextsQuerySerializer(serializers.Serializer[Any]):
    texts = serializers.BooleanField(required=False, default=False, help_text="true adds `texts`.")


class ChartQuerySerializer(TextsQuerySerializer):
    person_id = IdField(required=False, help_text="Somebody I keep; my own chart if absent.")
