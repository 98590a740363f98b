import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from accounts import limits
from accounts.models import User
from accounts.tests.together import together
from conftest import PASSWORD, Api
from notifications.models import Notification
from numerai.common.throttling import Limit, hit

START = datetime(2026, 11, 20, 12, 0, 1, tzinfo=UTC)
SIGN_UP = {"password": PASSWORD, "confirm_password": PASSWORD, "full_name": "Dora Diaz"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limited(settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("register", limits.REGISTER),
        ("verify-otp", limits.VERIFY),
        ("resend-otp", limits.RESEND),
        ("login", limits.LOGIN),
        ("unlock", limits.UNLOCK),
        ("unlock/confirm", limits.UNLOCK),
        ("refresh-token", limits.REFRESH),
        ("logout", limits.LOGOUT),
    ],
)
def test_rule_43_a_network_gets_so_many_tries(api: Api, path: str, limit: Limit) -> None:
    url = f"/api/v1/auth/{path}/"
    with time_machine.travel(START, tick=False) as time:
        answers = [api(None).post(url, {}).status_code for _ in range(limit.times)]
        assert answers == [400] * limit.times
        refused = api(None).post(url, {})
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
        assert 0 < int(refused["Retry-After"]) <= limit.seconds
        assert api(None).post(url, {}, REMOTE_ADDR="203.0.113.9").status_code == 400
        time.shift(int(refused["Retry-After"]))
        assert api(None).post(url, {}).status_code == 400


def test_rule_48_a_forwarded_address_of_the_callers_own_changes_nothing(api: Api) -> None:
    with time_machine.travel(START, tick=False):
        answers = [
            api(None).post("/api/v1/auth/register/", {}, headers={"x-forwarded-for": f"10.0.0.{number}"}).status_code
            for number in range(limits.REGISTER.times + 1)
        ]
    assert answers[-1] == 429


def test_the_addresses_of_a_household_count_together(api: Api) -> None:
    with time_machine.travel(START, tick=False):
        answers = [
            api(None).post("/api/v1/auth/register/", {}, REMOTE_ADDR=f"2001:db8:1:2::{number + 1:x}").status_code
            for number in range(limits.REGISTER.times + 1)
        ]
        assert answers[-1] == 429
        assert api(None).post("/api/v1/auth/register/", {}, REMOTE_ADDR="2001:db8:1:3::1").status_code == 400


def test_no_address_at_all_is_one_network(api: Api) -> None:
    with time_machine.travel(START, tick=False):
        answers = [
            api(None).post("/api/v1/auth/register/", {}, REMOTE_ADDR="") for _ in range(limits.REGISTER.times + 1)
        ]
    assert answers[-1].status_code == 429


def test_a_site_with_many_networks_gets_only_some_more(api: Api) -> None:
    url, times = "/api/v1/auth/register/", limits.REGISTER.times * limits.SITE_FACTOR
    with time_machine.travel(START, tick=False):
        answers = [api(None).post(url, {}, REMOTE_ADDR=f"2001:db8:1:{number:x}::1") for number in range(times)]
        assert {answer.status_code for answer in answers} == {400}
        assert api(None).post(url, {}, REMOTE_ADDR="2001:db8:1:ffff::1").status_code == 429
        assert api(None).post(url, {}, REMOTE_ADDR="2001:db8:2::1").status_code == 400


@pytest.mark.parametrize("email", ["dora@example.com", "bob@example.com", "nobody@example.com"])
def test_rule_51_an_address_gets_one_code_a_minute_and_five_an_hour(
    api: Api, dora: User, bob: User, email: str
) -> None:
    url = "/api/v1/auth/resend-otp/"
    with time_machine.travel(START, tick=False) as time:
        for _ in range(5):
            assert api(None).post(url, {"email": email}).status_code == 200
            assert api(None).post(url, {"email": email.upper()}).status_code == 429
            time.shift(60)
        refused = api(None).post(url, {"email": email})
        assert refused.status_code == 429
        assert int(refused["Retry-After"]) > 3000
        time.shift(3600)
        assert api(None).post(url, {"email": email}).status_code == 200
    assert Notification.objects.count() == (6 if email == dora.email else 0)


@pytest.mark.parametrize("email", ["dora@example.com", "bob@example.com", "new@example.com"])
def test_rule_51_sign_ups_do_not_flood_a_mailbox_and_do_not_tell(api: Api, dora: User, bob: User, email: str) -> None:
    with time_machine.travel(START, tick=False):
        answers = [api(None).post("/api/v1/auth/register/", SIGN_UP | {"email": email}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert Notification.objects.count() == 1


def test_rule_51_tagged_addresses_are_one_mailbox(api: Api) -> None:
    with time_machine.travel(START, tick=False) as time:
        for number in range(8):
            form = SIGN_UP | {"email": f"eve+{number}@example.com"}
            assert api(None).post("/api/v1/auth/register/", form).status_code == 201
        assert Notification.objects.count() == 1
        assert api(None).post("/api/v1/auth/resend-otp/", {"email": "eve+x@example.com"}).status_code == 429
        assert api(None).post("/api/v1/auth/resend-otp/", {"email": "other+x@example.com"}).status_code == 200
        time.shift(3600)
        assert api(None).post("/api/v1/auth/resend-otp/", {"email": "eve+1@example.com"}).status_code == 200
    assert Notification.objects.count() == 2


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("a@example.com", "a@example.com"),
        ("a+b@example.com", "a@example.com"),
        ("a+b+c@example.com", "a@example.com"),
        ("+a@example.com", "+a@example.com"),
        ("+4930123456", "+4930123456"),
    ],
)
def test_a_tag_is_no_part_of_the_mailbox(address: str, mailbox: str) -> None:
    assert limits.mailbox_of(address) == mailbox


def test_rule_51_strangers_cause_so_many_mails_an_hour_and_no_more(api: Api) -> None:
    with time_machine.travel(START, tick=False) as time:
        for _ in range(limits.MAILED_TO_ALL.times - 1):
            hit(limits.MAILED_TO_ALL, "everybody")
        # Addresses that await no code use nothing up.
        for number in range(3):
            api(None).post("/api/v1/auth/resend-otp/", {"email": f"nobody{number}@example.com"})
        for email in ("last@example.com", "late@example.com"):
            assert api(None).post("/api/v1/auth/register/", SIGN_UP | {"email": email}).status_code == 201
        assert [row.recipient.email for row in Notification.objects.all()] == ["last@example.com"]
        time.shift(limits.MAILED_TO_ALL.seconds)
        assert api(None).post("/api/v1/auth/resend-otp/", {"email": "late@example.com"}).status_code == 200
    assert Notification.objects.count() == 2


def test_sign_ins_do_not_flood_a_mailbox(api: Api, dora: User) -> None:
    with time_machine.travel(START, tick=False):
        answers = [api(None).post("/api/v1/auth/login/", {"email": dora.email, "password": PASSWORD}) for _ in range(3)]
    assert [answer.json()["code"] for answer in answers] == ["email_not_verified"] * 3
    assert Notification.objects.count() == 1


def test_the_network_limit_comes_before_the_work(api: Api, bob: User, settings: Settings) -> None:
    form: dict[str, Any] = {"email": bob.email, "password": PASSWORD}
    with time_machine.travel(START, tick=False):
        for _ in range(limits.LOGIN.times):
            api(None).post("/api/v1/auth/login/", {})
        assert api(None).post("/api/v1/auth/login/", form).status_code == 429


def test_rule_47_parallel_tries_count_each(api: Api) -> None:
    with time_machine.travel(START, tick=False):
        answers = together(20, lambda _: api(None).post("/api/v1/auth/register/", {}).status_code)
    assert sorted(answers) == [400] * limits.REGISTER.times + [429] * (20 - limits.REGISTER.times)


def test_asking_for_an_unknown_address_does_not_withhold_the_first_code(api: Api) -> None:
    with time_machine.travel(START, tick=False):
        api(None).post("/api/v1/auth/resend-otp/", {"email": "new@example.com"})
        api(None).post("/api/v1/auth/register/", SIGN_UP | {"email": "new@example.com"})
        assert Notification.objects.get().kind == "accounts.verification_code"
        again = api(None).post("/api/v1/auth/resend-otp/", {"email": "new@example.com"})
    assert again.status_code == 429


@pytest.mark.parametrize("path", ["register", "resend-otp", "unlock"])
def test_rule_51_a_network_causes_so_many_mails_an_hour_and_no_more(api: Api, path: str) -> None:
    url = f"/api/v1/auth/{path}/"
    with time_machine.travel(START, tick=False) as time:
        for number in range(limits.SENDING.times):
            time.shift(10)
            assert api(None).post(url, SIGN_UP | {"email": f"new{number}@example.com"}).status_code in (200, 201)
        refused = api(None).post(url, SIGN_UP | {"email": "late@example.com"})
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
        assert int(refused["Retry-After"]) > 60
        elsewhere = api(None).post(url, SIGN_UP | {"email": "late@example.com"}, REMOTE_ADDR="203.0.113.9")
        assert elsewhere.status_code in (200, 201)
        time.shift(int(refused["Retry-After"]))
        assert api(None).post(url, SIGN_UP | {"email": "later@example.com"}).status_code in (200, 201)


def test_an_ipv4_caller_on_a_socket_for_both_versions_is_one_network(api: Api) -> None:
    spelt = ["203.0.113.9", "::ffff:203.0.113.9", "::FFFF:cb00:7109"]
    with time_machine.travel(START, tick=False):
        answers = [
            api(None).post("/api/v1/auth/register/", {}, REMOTE_ADDR=spelt[number % 3]).status_code
            for number in range(limits.REGISTER.times + 1)
        ]
        assert answers[-1] == 429
        assert api(None).post("/api/v1/auth/register/", {}, REMOTE_ADDR="::ffff:203.0.113.10").status_code == 400


def test_the_readme_says_where_limits_are() -> None:
    package = Path(__file__).parents[1]
    files = [path for path in package.rglob("*.py") if path.parent != Path(__file__).parent]
    limiting = {
        str(path.relative_to(package)) for path in files if re.search(r'Limit\(\s*"accounts\.', path.read_text())
    }
    (said,) = re.findall(
        r"^- `limits/rates\.py` holds .*?(?=^- )", (package / "README.md").read_text(), re.DOTALL | re.MULTILINE
    )
    assert limiting == set(re.findall(r"`([\w/]+\.py)`", said))
