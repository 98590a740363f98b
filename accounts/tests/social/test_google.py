"""Sign-in by Google: three ways to prove it, one account."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from accounts.models import EventKind, Identity, IdentityProvider, SecurityEvent, Session, User
from accounts.social import services
from accounts.social.protocol.claims import Told
from accounts.tests.social.world import GRACE, World
from dev.local_identity.google import APP_CLIENT_ID
from numerai.common.sealing import unseal


def test_the_first_sign_in_makes_a_verified_account(world: World) -> None:
    answer = world.by_google("g-1")
    assert answer.status_code == 200, answer.json()
    assert set(answer.json()) == {"access_token", "refresh_token", "user"}
    user = User.objects.get()
    assert (user.email, user.full_name) == ("grace@gmail.com", "Grace Hopper")
    assert user.email_verified_at is not None
    assert not user.has_usable_password()
    assert user.profile.timezone == "UTC"
    assert Session.objects.get().method == "google"
    identity = Identity.objects.get()
    assert (identity.provider, identity.subject, identity.email) == ("google", "g-1", "grace@gmail.com")
    assert identity.email_verified


def test_who_signed_up_is_on_record(world: World) -> None:
    user_id = world.by_google().json()["user"]["id"]
    kinds = SecurityEvent.objects.filter(user_id=user_id).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == [
        EventKind.SIGN_UP,
        EventKind.ADDRESS_VERIFIED,
        EventKind.IDENTITY_LINKED,
        EventKind.SIGN_IN,
    ]


def test_the_tokens_open_the_api(world: World) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {world.by_google().json()['access_token']}")
    assert client.get("/api/v1/users/profile/").status_code == 200


def test_rule_27_the_id_decides_and_not_the_address(world: World) -> None:
    first = world.by_google("g-1").json()["user"]["id"]
    again = world.by_google("g-1", email="changed@gmail.com").json()["user"]
    assert again["id"] == first
    assert again["email"] == "grace@gmail.com"
    assert Identity.objects.get().email == "changed@gmail.com"


def test_a_code_is_exchanged_by_our_server(world: World) -> None:
    answer = world.post("social-google", world.google_code())
    assert answer.status_code == 200, answer.json()
    assert "/token" in world.google.calls
    identity = Identity.objects.get()
    assert unseal(bytes(identity.sealed_refresh_token or b"")) in world.google.refresh_tokens


def test_a_code_without_a_refresh_token_leaves_the_old_one(world: World) -> None:
    world.post("social-google", world.google_code())
    before = bytes(Identity.objects.get().sealed_refresh_token or b"")
    world.google.gives_refresh_token = False
    assert world.post("social-google", world.google_code()).status_code == 200
    assert bytes(Identity.objects.get().sealed_refresh_token or b"") == before


def test_a_code_with_a_challenge_needs_its_verifier(world: World) -> None:
    body = world.google_code(verifier="a-verifier-of-enough-length")
    assert world.post("social-google", body).json()["code"] == "social_token_invalid"
    body = world.google_code(verifier="a-verifier-of-enough-length")
    wrong = world.post("social-google", body | {"code_verifier": "another"})
    assert wrong.json()["code"] == "social_token_invalid"
    body = world.google_code(verifier="a-verifier-of-enough-length")
    assert world.post("social-google", body | {"code_verifier": "a-verifier-of-enough-length"}).status_code == 200


def test_a_code_is_good_once(world: World) -> None:
    body = world.google_code()
    assert world.post("social-google", body).status_code == 200
    assert world.post("social-google", body).json()["code"] == "social_token_invalid"


@pytest.mark.parametrize("uri", ["https://evil.example/", "", "https://app.numerai.example/auth/callback/x"])
def test_a_code_goes_only_where_people_may_come_back(world: World, uri: str) -> None:
    answer = world.post("social-google", world.google_code() | {"redirect_uri": uri})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "redirect_uri"
    assert world.google.calls == []


def test_an_access_token_of_ours_is_as_good(world: World) -> None:
    token = world.google.access_token("g-1", **GRACE)
    answer = world.post("social-google", {"access_token": token})
    assert answer.status_code == 200, answer.json()
    assert world.google.calls == ["/tokeninfo", "/v1/userinfo"]


@pytest.mark.parametrize(
    "said", [{"aud": "somebody.else"}, {"expires_in": 0}, {"aud": ""}], ids=["another client's", "expired", "nobody's"]
)
def test_rule_26_an_access_token_of_others_proves_nothing(world: World, said: dict[str, Any]) -> None:
    token = world.google.access_token("g-1", **said, **GRACE)
    answer = world.post("social-google", {"access_token": token})
    assert (answer.status_code, answer.json()["code"]) == (400, "social_token_invalid")
    assert not User.objects.exists()


def test_rule_26_introspection_and_profile_must_agree(world: World) -> None:
    token = world.google.access_token("g-1", **GRACE)
    world.google.access_tokens[token][1]["sub"] = "g-2"
    assert world.post("social-google", {"access_token": token}).json()["code"] == "social_token_invalid"
    world.google.access_tokens[token][0]["azp"] = "somebody.else"
    assert world.post("social-google", {"access_token": token}).json()["code"] == "social_token_invalid"
    assert world.post("social-google", {"access_token": "unknown"}).json()["code"] == "social_token_invalid"


def test_an_app_signs_in_with_its_own_client_id(world: World) -> None:
    assert world.by_google(aud=APP_CLIENT_ID).status_code == 200


def test_google_writes_its_name_both_ways(world: World) -> None:
    assert world.by_google(iss="accounts.google.com").status_code == 200


@pytest.mark.parametrize(
    "body",
    [{}, {"id_token": "a", "access_token": "b"}, {"code": "a", "id_token": "b"}, {"id_token": ""}, {"id_token": None}],
)
def test_exactly_one_way_is_taken(world: World, body: dict[str, Any]) -> None:
    answer = world.post("social-google", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")


def test_rule_33_no_cookie_is_set(world: World) -> None:
    for answer in (world.by_google(), world.post("social-nonce", {}), world.post("social-google", world.google_code())):
        assert answer.status_code == 200
        assert not answer.cookies


def test_nothing_is_written_to_the_tables_of_allauth(world: World) -> None:
    from allauth.account.models import EmailAddress
    from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken

    assert world.by_google().status_code == world.by_apple().status_code == 200
    assert not any(table.objects.exists() for table in (EmailAddress, SocialAccount, SocialApp, SocialToken))


def test_what_is_not_set_up_is_not_offered(world: World, settings: Settings) -> None:
    settings.GOOGLE_CLIENT_SECRET = ""
    assert world.post("social-google", world.google_code()).json()["code"] == "provider_not_configured"
    assert world.by_google().status_code == 200
    settings.GOOGLE_CLIENT_IDS = []
    assert world.by_google().json()["code"] == "provider_not_configured"
    assert world.post("social-google", {"access_token": "a"}).json()["code"] == "provider_not_configured"


def test_finding_a_known_person_costs_a_fixed_number_of_queries(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """BEGIN, the lock, the identity with its person, the note of its use, COMMIT; the rest is the login door's."""
    world.by_google()
    told = Told(IdentityProvider.GOOGLE, "g-1", email="grace@gmail.com", is_verified=True)
    with django_assert_num_queries(5):
        found = services._found_or_made(told)
    assert found == User.objects.get()
