from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.test import Client

from accounts.models import User

Clerk = Callable[..., Client]


@pytest.fixture(autouse=True)
def _counted_anew() -> None:
    cache.clear()


@pytest.fixture
def desk(operator: User) -> Client:
    client = Client()
    client.force_login(operator)
    return client


@pytest.fixture
def clerk(bob: User) -> Clerk:
    """``clerk("view_person")`` is bob at the admin, who may do just that."""

    def signed_in(*permissions: str) -> Client:
        bob.is_staff = True
        bob.save()
        bob.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        client = Client()
        client.force_login(bob)
        return client

    return signed_in
