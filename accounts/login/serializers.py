from typing import Any

from rest_framework import serializers

from accounts.profiles.fields import PlainTextField
from accounts.profiles.serializers import UserSerializer
from accounts.registration.fields import NamesPersonSerializer, PasswordField

LONGEST_REFRESH_TOKEN = 1024


class LoginSerializer(NamesPersonSerializer):
    password = PasswordField()


class RefreshSerializer(serializers.Serializer[Any]):
    refresh = PlainTextField(max_length=LONGEST_REFRESH_TOKEN)


class LogoutSerializer(serializers.Serializer[Any]):
    refresh_token = PlainTextField(max_length=LONGEST_REFRESH_TOKEN)


class TokensSerializer(serializers.Serializer[Any]):
    access_token = serializers.CharField(help_text="For the Authorization header, for some minutes.")
    refresh_token = serializers.CharField(help_text="Works once; the answer holds the next one.")


class SignedInSerializer(TokensSerializer):
    user = UserSerializer()


class MessageSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
