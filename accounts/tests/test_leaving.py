"""Asking for a deletion, and taking it back."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from pytest_django import Settings

from accounts import limits
from accounts.leaving.mailing import PHONE_ASKED_KIND, send_link_again
from accounts.leaving.services import AlreadyErased, NotLeaving, ask_deletion, undo_deletion
from accounts.models import (
    Deletion,
    DeletionState,
    EventKind,
    SecurityEvent,
    Session,
    SessionEnd,
    User,
)
from accounts.sessions import open_session
from accounts.tests.conftest import Post
from accounts.tests.leaving import PATH, UNDO, ask, deletion_of, erase, link_token, make_due
from accounts.tests.together import together
from conftest import PASSWORD, Api
from notifications.models import Delivery, Notification
from notifications.services import notify
from notifications.vocabulary import DeliveryStatus
from numerai.common import clock
from numerai.common.redis import connection
from numerai.common.throttling import hit

LOGIN = "/api/v1/auth/login/"


def kinds_of(user: User) -> list[str]:
    return list(SecurityEvent.objects.filter(user_id=user.pk).order_by("id").values_list("kind", flat=True))


def credentials(user: User) -> dict[str, str]:
    return {"email": str(user.email), "password": PASSWORD}


def test_rule_61_whoever_asks_is_out_at_once_and_told_the_date(api: Api, alice: User, bob: User) -> None:
    elsewhere = open_session(user=alice)
    client = api(alice)
    answer = client.post(PATH)
    deletion = deletion_of(alice)
    assert answer.status_code == 200
    assert answer.json()["deletes_at"] == deletion.due_at.isoformat().replace("+00:00", "Z")
    assert deletion.due_at - deletion.asked_at == timedelta(days=30)
    alice.refresh_from_db()
    assert (alice.is_active, deletion.state, deletion.report) == (False, DeletionState.ASKED, {})
    assert set(Session.objects.filter(user=alice).values_list("revoke_reason", flat=True)) == {SessionEnd.CLOSED}
    assert client.get("/api/v1/users/profile/").status_code == 401
    assert client.post(PATH).status_code == 401
    refreshed = api(None).post("/api/v1/auth/refresh-token/", {"refresh": elsewhere.refresh_token})
    assert refreshed.status_code == 401
    assert kinds_of(alice)[-1] == EventKind.DELETION_ASKED
    assert Deletion.objects.count() == 1
    assert api(bob).get("/api/v1/users/profile/").status_code == 200


def test_rule_61_a_proof_is_asked_of_whoever_signed_in_long_ago(api: Api, alice: User) -> None:
    client = api(alice)
    Session.objects.update(proved_at=clock.now() - timedelta(minutes=16))
    refused = client.post(PATH, {})
    assert (refused.status_code, refused.json()["code"]) == (403, "fresh_login_required")
    wrong = client.post(PATH, {"password": "not it at all"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "password_wrong")
    assert not Deletion.objects.exists()
    assert client.post(PATH, {"password": PASSWORD}).status_code == 200
    assert Deletion.objects.count() == 1


@pytest.mark.parametrize("body", [{"password": 1}, {"code": "12"}, {"password": "\x00"}, []])
def test_a_body_that_makes_no_sense_changes_nothing(api: Api, alice: User, body: object) -> None:
    assert api(alice).post(PATH, body, format="json").status_code == 400
    assert not Deletion.objects.exists()


def test_nobody_deletes_who_is_not_signed_in(api: Api, alice: User) -> None:
    assert api(None).post(PATH, {}).status_code == 401
    assert not Deletion.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_rule_61_asking_many_times_at_once_is_asking_once(alice: User) -> None:
    asked = together(8, lambda _: ask_deletion(User.objects.get(pk=alice.pk)).pk)
    assert len(set(asked)) == Deletion.objects.count() == 1
    assert kinds_of(alice).count(EventKind.DELETION_ASKED) == 1
    assert Delivery.objects.count() == 1


def test_rule_62_the_way_back_comes_by_mail_and_works_once(api: Api, alice: User, post: Post) -> None:
    ask(api, alice)
    token = link_token(post)
    mail = post()[0]
    assert [to.address for to in mail.to] == ["alice@example.com"]
    deletion = deletion_of(alice)
    assert f"{deletion.due_at.day} {deletion.due_at:%B %Y}" in mail.text
    assert token not in str(Deletion.objects.values().get())
    answer = api(None).post(UNDO, {"token": token})
    assert (answer.status_code, set(answer.json())) == (200, {"message"})
    alice.refresh_from_db()
    deletion.refresh_from_db()
    assert (alice.is_active, deletion.state, deletion.undo_hash) == (True, DeletionState.UNDONE, None)
    assert not Session.objects.filter(user=alice, revoked_at__isnull=True).exists()
    assert kinds_of(alice)[-1] == EventKind.DELETION_UNDONE
    again = api(None).post(UNDO, {"token": token})
    assert (again.status_code, again.json()["code"]) == (400, "undo_link_invalid")
    assert post()[0].subject == "Your account is open again"
    assert api(None).post(LOGIN, credentials(alice)).status_code == 200


@pytest.mark.parametrize("token", ["", "x" * 43, "x" * 1000])
def test_an_invented_link_opens_nothing(api: Api, alice: User, token: str) -> None:
    ask(api, alice)
    assert api(None).post(UNDO, {"token": token}).status_code == 400
    alice.refresh_from_db()
    assert not alice.is_active


def test_a_link_that_comes_too_late_opens_nothing(api: Api, alice: User, post: Post) -> None:
    deletion = ask(api, alice)
    token = link_token(post)
    make_due(deletion)
    assert api(None).post(UNDO, {"token": token}).json()["code"] == "undo_link_invalid"


def test_links_are_not_tried_out(api: Api, alice: User, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    answers = [api(None).post(UNDO, {"token": f"guess {number}"}).status_code for number in range(11)]
    assert answers == [400] * 10 + [429]


@pytest.mark.django_db(transaction=True)
def test_rule_62_of_many_clicks_at_once_one_opens(api: Api, alice: User, post: Post) -> None:
    ask(api, alice)
    token = link_token(post)
    answers = together(8, lambda _: api(None).post(UNDO, {"token": token}).status_code)
    assert sorted(answers) == [200] + [400] * 7


def test_rule_62_signing_in_leads_only_to_the_way_back(api: Api, alice: User, post: Post, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    ask(api, alice)
    first = link_token(post)
    wrong = api(None).post(LOGIN, credentials(alice) | {"password": "not it at all"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_credentials")
    answer = api(None).post(LOGIN, credentials(alice))
    assert (answer.status_code, answer.json()["code"]) == (403, "account_leaving")
    assert answer.json()["deletes_at"] == deletion_of(alice).due_at.isoformat()
    second = link_token(post)
    assert first != second
    assert api(None).post(LOGIN, credentials(alice)).status_code == 403
    assert len(post()) == 2, "One a minute at most."
    assert api(None).post(UNDO, {"token": first}).status_code == 400
    assert api(None).post(UNDO, {"token": second}).status_code == 200


def test_rule_62_no_other_mail_goes_to_whoever_leaves(api: Api, alice: User, post: Post) -> None:
    waiting = notify(user=alice, kind="accounts.already_registered")
    ask(api, alice)
    notify(user=User.objects.get(pk=alice.pk), kind="accounts.already_registered")
    assert [mail.subject.split(",")[0] for mail in post()] == ["Your account is closed"]
    assert Delivery.objects.get(notification=waiting).status == DeliveryStatus.CANCELLED


def test_rule_62_the_address_is_taken_until_the_end_and_free_after_it(api: Api, alice: User, post: Post) -> None:
    deletion = ask(api, alice)
    newcomer = {"full_name": "Another Alice", "password": PASSWORD, "confirm_password": PASSWORD}
    sign_up = newcomer | {"email": "alice@example.com"}
    assert api(None).post("/api/v1/auth/register/", sign_up).status_code == 201
    assert User.objects.filter(email="alice@example.com").get().pk == alice.pk
    assert len(post()) == 1
    erase(deletion)
    Delivery.objects.all().delete()
    connection().flushdb()
    assert api(None).post("/api/v1/auth/register/", sign_up).status_code == 201
    assert User.objects.get(email="alice@example.com").pk != alice.pk


def test_who_has_no_address_is_sent_a_text(api: Api, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(email=None, phone="+14155552671", phone_verified_at=clock.now())
    ask(api, User.objects.get(pk=alice.pk))
    assert list(Delivery.objects.values_list("channel", "destination")) == [("sms", "+14155552671")]


def test_a_link_that_nobody_needs_any_more_is_not_made(api: Api, alice: User, post: Post) -> None:
    ask(api, alice)
    undo_deletion(alice.pk)
    subjects = [mail.subject for mail in post()]
    assert subjects == ["Your account is open again"]


def test_what_an_operator_had_closed_stays_closed_after_an_undo(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    ask_deletion(alice)
    undo_deletion(alice.pk)
    alice.refresh_from_db()
    assert not alice.is_active


def test_only_what_is_not_too_late_is_undone(api: Api, alice: User) -> None:
    with pytest.raises(NotLeaving):
        undo_deletion(alice.pk)
    deletion = ask(api, alice)
    make_due(deletion)
    with pytest.raises(NotLeaving):
        undo_deletion(alice.pk)
    erase(deletion)
    with pytest.raises(AlreadyErased):
        ask_deletion(alice)


def test_a_deletion_can_be_asked_for_again_after_an_undo(api: Api, alice: User) -> None:
    ask(api, alice)
    undo_deletion(alice.pk)
    ask(api, alice)
    assert sorted(Deletion.objects.values_list("state", flat=True)) == [DeletionState.ASKED, DeletionState.UNDONE]


@pytest.mark.django_db(transaction=True)
def test_rule_61_a_sign_in_under_way_does_not_survive(api: Api, alice: User) -> None:
    """Both at once: either the sign-in is refused, or its session ends with the others."""

    def act(number: int) -> None:
        if number:
            ask_deletion(User.objects.get(pk=alice.pk))
        else:
            api(None).post(LOGIN, credentials(alice))

    together(2, act)
    assert not Session.objects.filter(user=alice, revoked_at__isnull=True).exists()


def test_the_cost_does_not_depend_on_how_many_sessions_end(
    api: Api, alice: User, django_assert_num_queries: object
) -> None:
    for _ in range(10):
        open_session(user=alice)
    with django_assert_num_queries(17):  # type: ignore[operator]
        ask_deletion(alice)


def test_a_number_that_had_its_texts_for_today_is_sent_no_more_links(db: None, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    user = User.objects.create_user(full_name="Phoebe Phone", phone="+14155552671", phone_verified_at=clock.now())
    ask_deletion(user)
    links = Notification.objects.filter(recipient=user, kind=PHONE_ASKED_KIND)
    assert links.count() == 1
    with time_machine.travel(datetime(2026, 11, 20, 12, tzinfo=UTC), tick=False) as time:
        send_link_again(user)
        assert links.count() == 2
        time.shift(61)
        for _ in range(limits.TEXTED_A_DAY.times - 1):
            hit(limits.TEXTED_A_DAY, "+14155552671")
        send_link_again(user)
    assert links.count() == 2
