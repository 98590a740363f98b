from typing import Any

from rest_framework import serializers

from accounts.models import Gender, Plan
from accounts.profiles.fields import (
    BirthDateField,
    FullNameField,
    GenderField,
    LanguageField,
    PlainTextField,
    TimezoneField,
    refuse_future,
    without_blanks,
)

LEFT_AS_IS_WHEN_BLANK = ("date_of_birth", "gender", "timezone", "locale")


class UserSerializer(serializers.Serializer[Any]):
    """The shape of ``representation.user_json``."""

    id = serializers.UUIDField()
    email = serializers.EmailField(allow_null=True)
    phone = serializers.CharField(allow_null=True, help_text="E.164")
    full_name = serializers.CharField()
    is_verified = serializers.BooleanField()
    is_premium = serializers.BooleanField(help_text="Whether any paid plan is active now.")
    subscription_plan = serializers.ChoiceField(choices=Plan.choices)
    created_at = serializers.DateTimeField()


class ProfileSerializer(serializers.Serializer[Any]):
    """The shape of ``representation.profile_json``."""

    id = serializers.UUIDField()
    user = UserSerializer()
    date_of_birth = serializers.DateField(allow_null=True)
    gender = serializers.ChoiceField(choices=Gender.choices, allow_blank=True)
    timezone = serializers.CharField(help_text="IANA name")
    locale = serializers.CharField(help_text="BCP 47 tag of the language")
    location = serializers.CharField(allow_blank=True)
    profile_picture_url = serializers.URLField(allow_blank=True)
    bio = serializers.CharField(allow_blank=True)
    profile_completed_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ProfileChangesSerializer(serializers.Serializer[Any]):
    full_name = FullNameField(required=False)
    date_of_birth = BirthDateField(required=False, help_text='"" leaves it as it is.')
    gender = GenderField(required=False, allow_blank=True, help_text='"" leaves it as it is.')
    timezone = TimezoneField(required=False, allow_blank=True, help_text='IANA name; "" leaves it as it is.')
    locale = LanguageField(
        required=False, allow_blank=True, help_text='BCP 47 tag of a language we offer; "" leaves it as it is.'
    )
    location = PlainTextField(required=False, allow_blank=True, max_length=200, help_text='"" clears it.')
    bio = PlainTextField(
        required=False, allow_blank=True, max_length=1000, single_line=False, help_text='"" clears it.'
    )

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        values: dict[str, Any] = super().to_internal_value(without_blanks(data, LEFT_AS_IS_WHEN_BLANK))
        return values

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_future(attrs.get("date_of_birth"), attrs.get("timezone") or self.context["timezone"])
        return attrs
