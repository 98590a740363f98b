"""What people write never passes for a template's fault."""

import pytest

from accounts.models import User
from notifications.models import Notification
from notifications.services import notify

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["Bob \ue000missing:x\ue000", "Bob missing:x", "{{ person }}", "{% now 'Y' %}"])
def test_a_strange_name_is_only_a_name(alice: User, name: str) -> None:
    User.objects.filter(pk=alice.pk).update(full_name=name)
    alice.refresh_from_db()
    notify(user=alice, kind="sample.plan_changed", context={"plan": "elite"})
    assert Notification.objects.get().title == f"{name}, your plan is elite"
