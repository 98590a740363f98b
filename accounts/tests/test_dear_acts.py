"""Every act that asks for a fresh proof asks whoever has a second factor for that one as well."""

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from drf_spectacular.generators import SchemaGenerator
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts import limits
from accounts.models import ExportJob, ExportState, Identity, Passkey, Session, User
from accounts.proof.documentation import NOT_FRESH, NOT_SHOWN
from accounts.tests.conftest import Post
from accounts.tests.factoring import LOGIN, PROVE, App, first_step, signed_in, with_app
from conftest import PASSWORD, Api
from numerai.common import clock, throttling

API = "/api/v1/"
NEW = "a sentence for the new one"
CHANGE, DELETE = f"{API}auth/password/change/", f"{API}users/delete-account/"
PROOF, PROOF_CODE, RESET = f"{API}auth/proof/", f"{API}auth/proof/code/", f"{API}auth/password-reset/"

# What is sent, and what is answered once both proofs are given.
DEAR: dict[tuple[str, str], tuple[dict[str, Any], int]] = {
    ("post", "auth/password/change/"): ({"new_password": NEW}, 200),
    ("post", "users/email/"): ({"new_email": "new@example.com"}, 200),
    ("post", "users/delete-account/"): ({}, 200),
    ("post", "users/export-data/"): ({}, 200),
    ("get", "users/exports/{job_id}/download/"): ({}, 404),
    ("post", "auth/identities/google/"): ({}, 400),
    ("post", "auth/identities/apple/"): ({}, 400),
    ("delete", "auth/identities/{identity_id}/"): ({}, 204),
    ("post", "auth/factors/totp/"): ({}, 409),
    ("delete", "auth/factors/totp/"): ({}, 200),
    ("post", "auth/factors/totp/confirm/"): ({"code": "123456"}, 400),
    ("post", "auth/factors/recovery-codes/"): ({}, 200),
    ("post", "auth/factors/passkeys/"): ({"name": "Phone", "passkey": {"id": "x"}}, 400),
    ("post", "auth/factors/passkeys/options/"): ({}, 200),
    ("delete", "auth/factors/passkeys/{factor_id}/"): ({}, 200),
}
# What could make an account somebody else's for good: the sign-in itself is no proof here.
TAKING = {
    ("post", "auth/password/change/"),
    ("post", "users/email/"),
    ("post", "auth/identities/google/"),
    ("post", "auth/identities/apple/"),
    ("post", "auth/factors/totp/"),
    ("post", "auth/factors/totp/confirm/"),
    ("post", "auth/factors/recovery-codes/"),
    ("post", "auth/factors/passkeys/"),
    ("post", "auth/factors/passkeys/options/"),
}
# What is answered instead to who has no second factor.
WITHOUT_FACTOR = {"auth/factors/totp/": 200, "auth/factors/recovery-codes/": 409}
# Grows by being asked.
ASKED = {"accounts.factorchallenge"}


@pytest.fixture
def app(bob: User) -> App:
    return with_app(bob)


@pytest.fixture
def act(bob: User, app: App) -> Callable[[APIClient, str, str], Any]:
    """``act(client, method, path)`` does one of ``DEAR`` to something of Bob's."""
    ids = {
        "{identity_id}": Identity.objects.create(user=bob, provider="google", subject="g-1").pk,
        "{factor_id}": Passkey.objects.create(user=bob, name="Key", credential_id=b"c" * 16, credential=b"k" * 32).pk,
        "{job_id}": ExportJob.objects.create(user=bob, state=ExportState.EXPIRED).pk,
    }

    def perform(client: APIClient, method: str, path: str) -> Any:
        body, _ = DEAR[method, path]
        for placeholder, pk in ids.items():
            path = path.replace(placeholder, str(pk))
        return getattr(client, method)(API + path, body)

    return perform


def everything_kept() -> dict[str, list[Any]]:
    models = [model for model in apps.get_app_config("accounts").get_models() if model._meta.label_lower not in ASKED]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}


def test_the_list_is_whole() -> None:
    """Whatever says in the schema that it asks for a fresh proof."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    asks: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            asks[operation["responses"].get("403", {}).get("description")].add((method, path.removeprefix(API)))
    (fresh,), (shown,) = NOT_FRESH.values(), NOT_SHOWN.values()
    assert asks[str(fresh.description)] == set(DEAR) - TAKING
    assert asks[str(shown.description)] == TAKING
    for method, path in DEAR:
        assert "429" in schema["paths"][API + path][method]["responses"], path


@pytest.mark.parametrize(("method", "path"), sorted(TAKING))
def test_rule_08_a_stolen_token_of_a_young_sign_in_takes_nothing(bob: User, method: str, path: str) -> None:
    client = signed_in(bob, has_second_factor=False, is_proof_shown=False)
    before = everything_kept()
    answer = getattr(client, method)(API + path, DEAR[method, path][0])
    assert (answer.status_code, answer.json()["code"]) == (403, "fresh_login_required")
    assert answer.json()["ways"] == ["password", "code"]
    assert everything_kept() == before


@pytest.mark.parametrize(("method", "path"), sorted(TAKING))
@pytest.mark.parametrize("is_beside", [True, False])
def test_the_password_lets_through_in_the_body_or_before(bob: User, method: str, path: str, is_beside: bool) -> None:
    client = signed_in(bob, has_second_factor=False, is_proof_shown=False)
    name = "current_password" if path == "auth/password/change/" else "password"
    shown = {name: PASSWORD} if is_beside else {}
    if not is_beside:
        assert client.post(PROOF, {"password": PASSWORD}).status_code == 200
    answer = getattr(client, method)(API + path, DEAR[method, path][0] | shown)
    assert (answer.status_code, answer.json().get("code")) != (403, "fresh_login_required")
    assert answer.status_code == WITHOUT_FACTOR.get(path, DEAR[method, path][1])


def test_who_has_nothing_to_show_passes_by_a_new_sign_in(bob: User) -> None:
    gone = {"password": "!", "email": None, "email_verified_at": None}
    User.objects.filter(id=bob.pk).update(**gone, phone="+14155552671", phone_verified_at=clock.now())
    Identity.objects.create(user=bob, provider="google", subject="g-1")
    client = signed_in(User.objects.get(id=bob.pk), has_second_factor=False, is_proof_shown=False)
    assert client.post(f"{API}auth/factors/totp/").status_code == 200
    Session.objects.update(proved_at=clock.now() - timedelta(minutes=15))
    assert client.post(f"{API}auth/factors/totp/").json()["ways"] == ["google"]


@pytest.mark.parametrize(("method", "path"), DEAR)
def test_rule_08_it_asks_for_the_second_factor_and_does_nothing_before(
    bob: User, act: Callable[[APIClient, str, str], Any], method: str, path: str
) -> None:
    client = signed_in(bob)
    Session.objects.update(factor_proved_at=clock.now() - timedelta(minutes=15))
    before = everything_kept()
    answer = act(client, method, path)
    assert (answer.status_code, answer.json()["code"]) == (403, "factor_proof_required")
    assert answer.json()["factors"] == ["totp", "passkey"]
    assert everything_kept() == before


@pytest.mark.parametrize(("method", "path"), DEAR)
def test_it_asks_for_the_first_proof_first(
    bob: User, act: Callable[[APIClient, str, str], Any], method: str, path: str
) -> None:
    client = signed_in(bob)
    Session.objects.update(proved_at=clock.now() - timedelta(minutes=15))
    before = everything_kept()
    answer = act(client, method, path)
    assert (answer.status_code, answer.json()["code"]) == (403, "fresh_login_required")
    assert everything_kept() == before


@pytest.mark.parametrize(("method", "path"), DEAR)
def test_with_the_second_factor_it_goes_on(
    bob: User, app: App, act: Callable[[APIClient, str, str], Any], method: str, path: str
) -> None:
    client = signed_in(bob)
    Session.objects.update(factor_proved_at=None)
    token = act(client, method, path).json()["challenge"]
    assert client.post(PROVE, {"challenge": token, "code": app.shows()}).status_code == 200
    assert act(client, method, path).status_code == DEAR[method, path][1]


def test_the_second_factor_of_the_sign_in_counts(api: Api, bob: User, app: App) -> None:
    """The frontend sends no body with a deletion right after the sign-in."""
    client = api(None)
    token = first_step(client, bob)["challenge"]
    tokens = client.post(f"{API}auth/second-factor/", {"challenge": token, "code": app.shows()}).json()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access_token']}")
    assert client.post(DELETE).status_code == 200


def test_the_password_beside_the_act_is_not_enough(bob: User, app: App) -> None:
    client = signed_in(bob)
    Session.objects.update(proved_at=clock.now() - timedelta(hours=1), factor_proved_at=None)
    body = {"current_password": PASSWORD, "new_password": NEW}
    refused = client.post(CHANGE, body)
    assert refused.json()["code"] == "factor_proof_required"
    assert client.post(PROVE, {"challenge": refused.json()["challenge"], "code": app.shows()}).status_code == 200
    assert client.post(CHANGE, body).status_code == 200
    assert User.objects.get(pk=bob.pk).check_password(NEW)


def test_a_wrong_password_beside_the_act_is_told_before_the_factor_is_asked_for(bob: User, app: App) -> None:
    client = signed_in(bob)
    Session.objects.update(factor_proved_at=None)
    assert client.post(CHANGE, {"current_password": "not the right one", "new_password": NEW}).json()["code"] == (
        "password_wrong"
    )


def test_a_mailed_code_is_spent_by_the_first_try(bob: User, app: App, post: Post) -> None:
    client = signed_in(bob)
    client.post(PROOF_CODE)
    body = {"code": post()[0].subject.split()[0]}
    Session.objects.update(proved_at=clock.now() - timedelta(hours=1), factor_proved_at=None)
    refused = client.post(DELETE, body)
    assert refused.json()["code"] == "factor_proof_required"
    assert client.post(PROVE, {"challenge": refused.json()["challenge"], "code": app.shows()}).status_code == 200
    assert client.post(DELETE, body).json()["code"] == "code_invalid"
    assert client.post(DELETE).status_code == 200


def test_rule_08_whoever_reads_the_mailbox_alone_changes_nothing(api: Api, bob: User, app: App, post: Post) -> None:
    """A reset gives a password, and neither a session nor what a session has proved."""
    client = signed_in(bob)
    client.post(RESET, {"email": bob.email})
    body = {"email": bob.email, "otp": post()[0].subject.split()[0], "new_password": NEW}
    answer = api(None).post(f"{RESET}confirm/", body)
    assert (answer.status_code, list(answer.json())) == (200, ["message"])
    assert client.post(DELETE).status_code == 401
    signing_in = api(None).post(LOGIN, {"email": bob.email, "password": NEW})
    assert (signing_in.status_code, signing_in.json()["code"]) == (403, "second_factor_required")
    assert not Session.objects.filter(revoked_at__isnull=True).exists()


def test_the_session_after_a_change_has_proved_both(bob: User, app: App) -> None:
    client = signed_in(bob)
    tokens = client.post(CHANGE, {"new_password": NEW}).json()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access_token']}")
    assert client.post(f"{API}users/email/", {"new_email": "new@example.com"}).status_code == 200


@pytest.mark.parametrize(("method", "path"), DEAR)
def test_rule_43_nobody_does_it_without_end(
    act: Callable[[APIClient, str, str], Any], bob: User, alice: User, settings: Settings, method: str, path: str
) -> None:
    settings.RATE_LIMIT_ENABLED = True
    for _ in range(limits.DEAR.times - 1):
        throttling.hit(limits.DEAR, str(bob.pk))
    client = signed_in(bob, is_proof_shown=False)
    Session.objects.update(proved_at=clock.now() - timedelta(hours=1))
    assert act(client, method, path).json()["code"] == "fresh_login_required"
    before = everything_kept()
    refused = act(client, method, path)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert int(refused["Retry-After"]) > 0
    assert everything_kept() == before


def test_who_has_no_second_factor_is_not_asked_for_one(bob: User) -> None:
    assert signed_in(bob, has_second_factor=False).post(CHANGE, {"new_password": NEW}).status_code == 200


def test_an_app_that_was_never_confirmed_is_no_factor(bob: User) -> None:
    client = signed_in(bob, has_second_factor=False)
    assert client.post(f"{API}auth/factors/totp/").status_code == 200
    assert client.post(DELETE).status_code == 200


def test_proving_anew_asks_for_one_proof_at_a_time(bob: User, app: App) -> None:
    client = signed_in(bob)
    Session.objects.update(proved_at=clock.now() - timedelta(hours=1), factor_proved_at=None)
    assert client.post(PROOF, {"password": PASSWORD}).status_code == 200
    assert client.post(DELETE).json()["code"] == "factor_proof_required"
