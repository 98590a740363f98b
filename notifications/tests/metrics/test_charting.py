import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications.metrics.charting import DAYS, LINES, figures
from notifications.tests.metrics.rows import made
from numerai.common import clock
from numerai.common.admin.charting import BARS

PAGE = "admin:notifications_deliverytotal_figures"

pytestmark = pytest.mark.django_db


def test_the_charts_tell_rates_and_failures_by_day(alice: User) -> None:
    now = clock.now()
    made(alice, "email", "delivered", at=now, number=3)
    made(alice, "email", "bounced", at=now)
    made(alice, "discord", "failed", at=now - timedelta(days=2), number=2)
    made(alice, "in_app", "delivered", at=now)
    shown = figures()
    rates = {line["label"]: line["data"] for line in json.loads(shown.rates)["datasets"]}
    assert rates == {"email": [None] * (DAYS - 1) + [75.0], "discord": [None] * (DAYS - 3) + [0.0, None, None]}
    failures = {bar["label"]: bar["data"] for bar in json.loads(shown.failures)["datasets"]}
    assert failures == {
        "provider_exhausted": [0] * (DAYS - 3) + [2, 0, 0],
        "provider_permanent": [0] * (DAYS - 1) + [1],
    }
    assert len(json.loads(shown.rates)["labels"]) == DAYS


def test_operators_see_them(operator: User, alice: User) -> None:
    client = Client()
    client.force_login(operator)
    assert "Nothing waits" in client.get(reverse(PAGE)).content.decode()
    made(alice, "email", "pending", at=clock.now())
    page = client.get(reverse(PAGE)).content.decode()
    options = [json.loads(unescape(found)) for found in re.findall(r'data-options="([^"]+)"', page)]
    assert ['data-type="line"' in page, 'data-type="bar"' in page, options] == [True, True, [LINES, BARS]]
    assert "Nothing waits" not in page


def test_whoever_may_not_look_sees_nothing(alice: User) -> None:
    alice.is_staff = True
    alice.save()
    client = Client()
    client.force_login(alice)
    assert client.get(reverse(PAGE)).status_code == 403
    alice.user_permissions.add(Permission.objects.get(codename="view_deliverytotal"))
    assert client.get(reverse(PAGE)).status_code == 200
