"""Rule 84: whoever changes their language finds old rows in it."""

from pytest_django import DjangoAssertNumQueries

from accounts.models import Profile, User
from conftest import Api
from notifications.models import Notification, Wording
from notifications.tests.conftest import Tell

LIST = "/api/v1/notifications/"


def read_in(user: User, locale: str) -> None:
    Profile.objects.filter(user=user).update(locale=locale)


def test_rule_84_rows_are_told_in_the_language_of_the_reader(
    alice: User, api: Api, tell: Tell, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    words = {"title": "Nuevo: {{ text }}", "message": "Hay algo nuevo: {{ text }}."}
    Wording.objects.create(kind="sample.note", channel="in_app", language="es", version=1, parts=words)
    made = [tell(alice, str(number)) for number in range(5)]
    client = api(alice)
    assert client.get(LIST).json()["results"][0]["title"] == "4"
    read_in(alice, "es")
    with django_assert_num_queries(3):  # who is it, which and how many, an operator's words
        shown = client.get(LIST).json()["results"]
    assert [row["title"] for row in shown] == [f"Nuevo: {number}" for number in range(4, -1, -1)]
    assert client.get(f"{LIST}recent/").json()["results"] == shown
    assert client.get(f"{LIST}{made[4].public_id}/").json() == shown[0]
    assert Notification.objects.get(pk=made[4].pk).title == "4"
    read_in(alice, "en")
    assert client.get(LIST).json()["results"][0]["title"] == "4"


def test_rule_84_what_cannot_be_told_anew_keeps_its_words(alice: User, api: Api, tell: Tell) -> None:
    made = tell(alice, "kept")
    Notification.objects.filter(pk=made.pk).update(kind="gone.away", language="es", title="Viejo")
    (row,) = api(alice).get(LIST).json()["results"]
    assert (row["title"], row["category"]) == ("Viejo", "")
