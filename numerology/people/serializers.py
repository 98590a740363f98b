from datetime import date
from typing import Any

from rest_framework import serializers

from accounts.profiles.fields import BirthDateField, FullNameField, PlainTextField
from numerai.common.http.strict import StrictSerializer
from numerology.people.kinds import RelationshipKind
from numerology.people.models import LONGEST_NAME, LONGEST_NOTES, LONGEST_RELATIONSHIP, Person, PersonGender

KINDS = ", ".join(RelationshipKind.values)


class RelationshipField(PlainTextField):
    """The owner's own word; one that names a kind is written as the kind is."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_RELATIONSHIP, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        word = " ".join(super().to_internal_value(data).split())
        return word.lower() if word.lower() in RelationshipKind.values else word


class PersonGenderField(serializers.ChoiceField):
    default_error_messages = {"invalid_choice": f"Enter one of: {', '.join(PersonGender.values)}."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=PersonGender.choices, **kwargs)


class PersonInputSerializer(StrictSerializer):
    """``context["today"]`` is the day it is for the owner."""

    name = FullNameField(help_text="The full name at birth.")
    birth_date = BirthDateField()
    relationship = RelationshipField(
        help_text=f"{KINDS}, or a word of your own, which is kept and counts as the kind it means."
    )
    notes = PlainTextField(max_length=LONGEST_NOTES, single_line=False, required=False, allow_blank=True)
    latin_name = PlainTextField(
        max_length=LONGEST_NAME,
        required=False,
        allow_blank=True,
        help_text="The name in Latin letters, for scripts that leave vowels or readings unwritten.",
    )
    current_name = PlainTextField(
        max_length=LONGEST_NAME, required=False, allow_blank=True, help_text="The name used today, if another."
    )
    gender = PersonGenderField(required=False, allow_blank=True, help_text="Asked for by the Kua number alone.")

    def validate_birth_date(self, value: date) -> date:
        today: date = self.context["today"]
        if value > today:
            raise serializers.ValidationError(BirthDateField.default_error_messages["future"], code="future")
        return value


class PersonChangeSerializer(PersonInputSerializer):
    is_active = serializers.BooleanField(required=False, help_text="false deletes, true brings back.")


class PersonSerializer(serializers.ModelSerializer[Person]):
    gender = serializers.ChoiceField(
        choices=[*PersonGender.choices, ("", "not said")], read_only=True, help_text='"" where it was not said.'
    )

    class Meta:
        model = Person
        fields = [
            "id",
            "name",
            "latin_name",
            "current_name",
            "birth_date",
            "gender",
            "relationship",
            "relationship_kind",
            "notes",
            "is_active",
            "deleted_at",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields


class PeopleQuerySerializer(serializers.Serializer[Any]):
    relationship = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=LONGEST_RELATIONSHIP, help_text="A kind, or a word."
    )
    q = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=LONGEST_NAME, help_text="A part of a name."
    )
    deleted = serializers.BooleanField(
        required=False, default=False, help_text="true for those who were deleted and can be brought back."
    )
