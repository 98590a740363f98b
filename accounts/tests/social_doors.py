"""Doors for who comes by Google or Apple."""

from collections.abc import Callable
from typing import Any

from django.test.utils import override_settings
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import Identity, User
from accounts.social import nonces
from accounts.tests.social.world import know_keys
from dev.local_identity.apple import Apple
from dev.local_identity.google import Google
from dev.local_identity.world import CONFIGURED


def by_google(user: User) -> Callable[[], Any]:
    return _by(Google(), user)


def by_apple(user: User) -> Callable[[], Any]:
    return _by(Apple(), user)


SOCIAL_DOORS: dict[str, Callable[[User], Callable[[], Any]]] = {"social-google": by_google, "social-apple": by_apple}


def _by(provider: Google | Apple, user: User) -> Callable[[], Any]:
    know_keys()
    Identity.objects.create(user=user, provider=provider.name, subject="1")

    def attempt() -> Any:
        with override_settings(**CONFIGURED):
            body = {"id_token": provider.id_token("1", nonce=nonces.issue())}
            return APIClient().post(reverse(f"social-{provider.name}"), body, format="json")

    return attempt
