"""Sign-in by Apple: a name once, an address sometimes, a nonce plain or hashed."""

from typing import Any

import pytest

from accounts.models import Identity, User
from accounts.tests.social.world import World, hashed
from dev.local_identity.apple import APP_CLIENT_ID
from dev.local_identity.provider import ABSENT
from numerai.common.sealing import unseal

NAMED = {"user": {"name": {"firstName": " Grace ", "lastName": "Hopper"}, "email": "attacker@example.com"}}


def test_the_first_sign_in_makes_an_account_with_the_name(world: World) -> None:
    answer = world.post("social-apple", {"id_token": world.apple_token(), **NAMED})
    assert answer.status_code == 200, answer.json()
    user = User.objects.get()
    assert (user.email, user.full_name) == ("grace@example.com", "Grace Hopper")
    assert user.email_verified_at is not None


def test_a_code_is_exchanged_under_a_secret_that_we_sign(world: World) -> None:
    answer = world.post("social-apple", world.apple_code() | NAMED)
    assert answer.status_code == 200, answer.json()
    identity = Identity.objects.get()
    assert unseal(bytes(identity.sealed_refresh_token or b"")) in world.apple.refresh_tokens
    assert User.objects.get().full_name == "Grace Hopper"


def test_an_app_signs_in_with_the_hash_of_the_nonce(world: World) -> None:
    nonce = world.nonce()
    body = {"id_token": world.apple_token(nonce=hashed(nonce), aud=APP_CLIENT_ID)}
    assert world.post("social-apple", body).status_code == 200
    assert world.by_apple(nonce=nonce).json()["code"] == "social_token_invalid"


def test_rule_25_google_has_the_nonce_itself_and_no_hash(world: World) -> None:
    assert world.by_google(nonce=hashed(world.nonce())).json()["code"] == "social_token_invalid"


def test_rule_31_a_later_sign_in_changes_neither_name_nor_address(world: World) -> None:
    world.post("social-apple", {"id_token": world.apple_token(), **NAMED})
    mallory = {"user": {"name": {"firstName": "Mallory"}}}
    token = world.apple_token(email=ABSENT, email_verified=ABSENT)
    assert world.post("social-apple", {"id_token": token, **mallory}).status_code == 200
    assert User.objects.get().full_name == "Grace Hopper"
    identity = Identity.objects.get()
    assert (identity.email, identity.email_verified) == ("grace@example.com", True)


def test_rule_31_a_relayed_address_is_an_address(world: World) -> None:
    relayed = {"email": "abc@privaterelay.appleid.com", "is_private_email": "true"}
    assert world.by_apple(**relayed).json()["user"]["email"] == "abc@privaterelay.appleid.com"
    assert Identity.objects.get().is_private_relay


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"name": {"firstName": "<b>Grace</b>\r\nBcc: x", "lastName": "\u202eHopper"}}, "<b>Grace</b> Bcc: x Hopper"),
        ({"name": {"firstName": "G" * 5000}}, "G" * 200),
        ({"name": {"firstName": "123"}}, ""),
        ({"name": {"firstName": 7, "lastName": "Hopper"}}, "Hopper"),
        ({"name": "Grace"}, ""),
        ({"name": None}, ""),
        ({}, ""),
        ([], ""),
        (None, ""),
        ("Grace", ""),
        ('{"name": {"firstName": "Grace"}}', "Grace"),
        ('{"name": ' * 5000, ""),
        ("[" * 2000, ""),
    ],
)
def test_rule_31_a_name_is_cleaned_and_never_trusted(world: World, given: Any, kept: str) -> None:
    answer = world.post("social-apple", {"id_token": world.apple_token(), "user": given})
    assert answer.status_code == 200, answer.json()
    assert User.objects.get().full_name == kept


def test_rule_31_without_an_address_there_is_no_new_account(world: World) -> None:
    answer = world.by_apple(email=ABSENT)
    assert (answer.status_code, answer.json()["code"]) == (400, "social_address_missing")
    assert not User.objects.exists()
