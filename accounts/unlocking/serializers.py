from typing import Any

from rest_framework import serializers

from accounts.profiles.fields import PlainTextField
from accounts.registration.fields import NamesPersonSerializer

LONGEST_TOKEN = 300


class AskSerializer(NamesPersonSerializer):
    pass


class ConfirmSerializer(serializers.Serializer[Any]):
    token = PlainTextField(max_length=LONGEST_TOKEN, help_text="What stands behind #token= in the link.")
