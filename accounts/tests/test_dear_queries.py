"""How many statements the acts of passwords and addresses may cost, with a little room for what others keep of them."""

from pytest_django import DjangoAssertNumQueries

from accounts.models import EmailChange, User
from accounts.passwords import links
from accounts.tests.conftest import Post
from accounts.tests.factoring import showing
from conftest import PASSWORD, Api

NEW = "a sentence for the new one"
RESET, CONFIRM = "/api/v1/auth/password-reset/", "/api/v1/auth/password-reset/confirm/"


def test_proofs(api: Api, bob: User, post: Post, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    client = api(bob)
    with django_assert_max_num_queries(6):
        client.post("/api/v1/auth/proof/", {"password": PASSWORD})
    with django_assert_max_num_queries(9):
        client.post("/api/v1/auth/proof/code/")


def test_passwords(api: Api, bob: User, post: Post, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_max_num_queries(12):
        api(None).post(RESET, {"email": bob.email})
    code = post()[0].subject.split()[0]
    with django_assert_max_num_queries(26):
        api(None).post(CONFIRM, {"email": bob.email, "otp": code, "new_password": NEW})
    body = {"token": links.issue(User.objects.get()), "new_password": NEW, "confirm_password": NEW}
    with django_assert_max_num_queries(24):
        api(None).post("/api/v1/auth/reset-password/token/confirm/", body)
    client = showing(api)(User.objects.get())
    with django_assert_max_num_queries(36):
        client.post("/api/v1/auth/password/change/", {"new_password": PASSWORD})


def test_addresses(api: Api, bob: User, post: Post, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    client = showing(api)(bob)
    with django_assert_max_num_queries(24):
        client.post("/api/v1/users/email/", {"new_email": "bob@new.example.com"})
    code = post()[0].subject.split()[0]
    with django_assert_max_num_queries(42):
        client.post("/api/v1/users/email/confirm/", {"otp": code})
    token = post()[0].text.partition("token=")[2].split()[0]
    with django_assert_max_num_queries(42):
        api(None).post("/api/v1/users/email/revert/", {"token": token})
    assert EmailChange.objects.get().settled_at is not None
