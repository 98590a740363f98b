from typing import Any

from rest_framework import serializers

from accounts.passwords.serializers import LONGEST_TOKEN
from accounts.profiles.fields import PlainTextField
from accounts.registration.fields import EmailAddressField, PasswordField
from accounts.verification.fields import CodeField


class NewEmailSerializer(serializers.Serializer[Any]):
    new_email = EmailAddressField()
    password = PasswordField(required=False, allow_blank=True, default="")
    code = CodeField(required=False, allow_blank=True, default="", help_text="From auth/proof/code/.")


class EmailConfirmSerializer(serializers.Serializer[Any]):
    otp = CodeField()


class EmailRevertSerializer(serializers.Serializer[Any]):
    token = PlainTextField(max_length=LONGEST_TOKEN)
