from typing import Any

from rest_framework import serializers

from accounts.login.serializers import MessageSerializer
from accounts.profiles.fields import PlainTextField

LONGEST_TOKEN = 100


class UndoSerializer(serializers.Serializer[Any]):
    token = PlainTextField(max_length=LONGEST_TOKEN, help_text="What stands behind #token= in the link.")


class LeavingSerializer(MessageSerializer):
    deletes_at = serializers.DateTimeField(help_text="From when on everything is erased; until then it can be undone.")
