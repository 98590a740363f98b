"""Rule 70: every kind of event, and how a real request causes it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts import limits
from accounts.events import EventKind
from accounts.events.telling import TOLD, TOLD_SOMETIMES
from accounts.factors.services import remove_all
from accounts.models import Identity, SecurityEvent, Session, User
from accounts.sessions import open_session
from accounts.social.inbox.handling import carry_out_apple
from accounts.tests import leaving
from accounts.tests.conftest import Post
from accounts.tests.factoring import (
    APP,
    CODES,
    CONFIRM,
    SECOND,
    App,
    first_step,
    showing,
    signed_in,
    with_app,
    with_codes,
)
from accounts.tests.social.conftest import identity_server, world
from accounts.tests.social.world import World
from accounts.tests.test_email_revert import change_to, revert
from accounts.tests.test_unlocking import token_for
from conftest import PASSWORD, Api
from notifications import kinds
from notifications.models import Notification

__all__ = ["identity_server", "world"]  # Fixtures of the tests of Google and Apple.

BOB = "bob@example.com"
NEW_PASSWORD = "a sentence for the new one"


@pytest.fixture
def api(api: Api) -> Api:
    """Whoever is signed in has shown their password."""
    return showing(api)


@dataclass
class Scene:
    bob: User
    operator: User
    api: Api
    post: Post
    fixture: Callable[[str], Any]

    def nobody(self, path: str, **body: object) -> Any:
        return self.api(None).post(f"/api/v1/{path}/", body)

    def somebody(self, path: str, **body: object) -> Any:
        return self.api(self.bob).post(f"/api/v1/{path}/", body)

    @property
    def desk(self) -> Client:
        client = Client()
        client.force_login(self.operator)
        return client

    @property
    def page(self) -> str:
        return f"/admin/accounts/user/{self.bob.pk}/change/"

    def save(self, **changes: object) -> None:
        shown = {"email": BOB, "phone": "", "full_name": self.bob.full_name, "is_active": "on"}
        inlines = {f"{name}-{count}_FORMS": 0 for name in ("sessions", "identities") for count in ("TOTAL", "INITIAL")}
        assert self.desk.post(self.page, shown | inlines | changes).status_code == 302

    @property
    def world(self) -> World:
        found: World = self.fixture("world")
        return found

    def code(self) -> str:
        """The one in the newest mail's subject."""
        return self.post()[0].subject.split()[0]


Cause = Callable[[Scene], User | UUID | None]
Caused = TypeVar("Caused", bound=User | UUID | None)
CAUSES: dict[EventKind, Cause] = {}


def causes(kind: EventKind) -> Callable[[Callable[[Scene], Caused]], Callable[[Scene], Caused]]:
    """The function answers whom the event is about: bob, unless it says otherwise."""

    def keep(cause: Callable[[Scene], Caused]) -> Callable[[Scene], Caused]:
        CAUSES[kind] = cause
        return cause

    return keep


@causes(EventKind.SIGN_UP)
def sign_up(scene: Scene) -> User:
    passwords = {"password": PASSWORD, "confirm_password": PASSWORD}
    scene.nobody("auth/register", email="new@example.com", full_name="New Person", **passwords)
    return User.objects.get(email="new@example.com")


@causes(EventKind.ADDRESS_VERIFIED)
def verify(scene: Scene) -> User:
    user = sign_up(scene)
    scene.nobody("auth/verify-otp", email="new@example.com", otp=scene.code())
    return user


@causes(EventKind.CODE_REFUSED)
def enter_a_wrong_code(scene: Scene) -> User:
    user = sign_up(scene)
    wrong = f"{(int(scene.code()) + 1) % 10**6:06}"
    assert scene.nobody("auth/verify-otp", email="new@example.com", otp=wrong).status_code == 400
    return user


@causes(EventKind.SIGN_IN)
def sign_in(scene: Scene) -> None:
    assert scene.nobody("auth/login", email=BOB, password=PASSWORD).status_code == 200


@causes(EventKind.SIGN_IN_FAILED)
def sign_in_badly(scene: Scene) -> None:
    assert scene.nobody("auth/login", email=BOB, password="not the right one").status_code == 400


@causes(EventKind.SIGN_IN_LIMITED)
def be_guessed_at(scene: Scene) -> None:
    scene.fixture("settings").RATE_LIMIT_ENABLED = True
    for _ in range(limits.LOGIN_OF_ACCOUNT.times):
        sign_in_badly(scene)
    assert scene.nobody("auth/login", email=BOB, password=PASSWORD).status_code == 429


@causes(EventKind.SIGN_IN_UNLOCKED)
def unlock(scene: Scene) -> None:
    be_guessed_at(scene)
    assert scene.nobody("auth/unlock/confirm", token=token_for(scene.bob)).status_code == 200


@causes(EventKind.TOKEN_REUSED)
def use_an_old_token(scene: Scene) -> None:
    token = open_session(user=scene.bob).refresh_token
    for _ in range(2):
        token, spent = scene.nobody("auth/refresh-token", refresh=token).json()["refresh_token"], token
    old = scene.nobody("auth/login", email=BOB, password=PASSWORD).json()["refresh_token"]
    newer = scene.nobody("auth/refresh-token", refresh=old).json()["refresh_token"]
    scene.nobody("auth/refresh-token", refresh=newer)
    assert spent != old
    assert scene.nobody("auth/refresh-token", refresh=old).status_code == 401


@causes(EventKind.SESSION_ENDED)
def log_out(scene: Scene) -> None:
    scene.nobody("auth/logout", refresh_token=open_session(user=scene.bob).refresh_token)


@causes(EventKind.ALL_SESSIONS_ENDED)
def log_out_everywhere(scene: Scene) -> None:
    scene.somebody("auth/logout-all")


@causes(EventKind.PASSWORD_SET)
def choose_a_first_password(scene: Scene) -> None:
    scene.bob.set_unusable_password()
    scene.bob.save()
    change_password(scene)


@causes(EventKind.PASSWORD_CHANGED)
def change_password(scene: Scene) -> None:
    changed = scene.somebody("auth/password/change", new_password=NEW_PASSWORD, confirm_password=NEW_PASSWORD)
    assert changed.status_code == 200, changed.content


@causes(EventKind.PASSWORD_RESET_ASKED)
def forget_the_password(scene: Scene) -> None:
    scene.nobody("auth/password-reset", email=BOB)


@causes(EventKind.PASSWORD_RESET)
def reset_the_password(scene: Scene) -> None:
    forget_the_password(scene)
    reset = scene.nobody("auth/password-reset/confirm", email=BOB, otp=scene.code(), new_password=NEW_PASSWORD)
    assert reset.status_code == 200, reset.content


@causes(EventKind.EMAIL_CHANGE_ASKED)
def ask_for_another_address(scene: Scene) -> None:
    assert scene.somebody("users/email", new_email="bob@new.example.com").status_code == 200


@causes(EventKind.EMAIL_CHANGED)
def move_to_another_address(scene: Scene) -> None:
    change_to(scene.api, scene.bob, scene.post)


@causes(EventKind.EMAIL_CHANGE_REVERTED)
def move_back(scene: Scene) -> None:
    assert revert(scene.api, change_to(scene.api, scene.bob, scene.post)).status_code == 200


@causes(EventKind.PHONE_CHANGED)
def have_the_number_changed(scene: Scene) -> None:
    scene.save(phone="+14155552671")


@causes(EventKind.FACTOR_ADDED)
def add_a_factor(scene: Scene) -> None:
    client = scene.api(scene.bob)
    app = App(client.post(APP).json()["secret"])
    assert client.post(CONFIRM, {"code": app.shows()}).status_code == 200


@causes(EventKind.FACTOR_REMOVED)
def remove_a_factor(scene: Scene) -> None:
    with_app(scene.bob)
    assert remove_all(scene.bob)


@causes(EventKind.FACTOR_FAILED)
def fail_the_second_step(scene: Scene) -> None:
    with_app(scene.bob)
    challenge = first_step(scene.api(None), scene.bob)["challenge"]
    assert scene.api(None).post(SECOND, {"challenge": challenge, "code": "000000"}).status_code == 400


@causes(EventKind.RECOVERY_CODE_USED)
def use_a_recovery_code(scene: Scene) -> None:
    with_app(scene.bob)
    code = with_codes(scene.bob)[0]
    challenge = first_step(scene.api(None), scene.bob)["challenge"]
    assert scene.api(None).post(SECOND, {"challenge": challenge, "recovery_code": code}).status_code == 200


@causes(EventKind.RECOVERY_CODES_MADE)
def make_recovery_codes(scene: Scene) -> None:
    with_app(scene.bob)
    assert signed_in(scene.bob).post(CODES).status_code == 200


@causes(EventKind.IDENTITY_LINKED)
def come_by_google(scene: Scene) -> User:
    assert scene.world.by_google().status_code == 200
    return User.objects.get(email="grace@gmail.com")


@causes(EventKind.IDENTITY_UNLINKED)
def leave_google(scene: Scene) -> User:
    user = come_by_google(scene)
    user.set_password(PASSWORD)
    user.save()
    gone = scene.api(user).delete(reverse("identity", args=[Identity.objects.get().pk]))
    assert gone.status_code in {200, 204}, gone.content
    return user


@causes(EventKind.PROVIDER_TOLD)
def be_told_of_by_apple(scene: Scene) -> User:
    assert scene.world.by_apple().status_code == 200
    carry_out_apple({"jti": "event-1", "events": {"type": "email-disabled", "sub": "a-1"}})
    return Identity.objects.get().user


@causes(EventKind.ROLE_CHANGED)
def be_promoted(scene: Scene) -> None:
    scene.save(is_staff="on", groups=[Group.objects.create(name="Desk").pk])


@causes(EventKind.OPERATOR_LOOKED)
def be_looked_at(scene: Scene) -> None:
    assert scene.desk.get(scene.page).status_code == 200


@causes(EventKind.OPERATOR_CHANGED)
def be_renamed(scene: Scene) -> None:
    scene.save(full_name="Robert Stone")


@causes(EventKind.EXPORTED)
def take_the_data_along(scene: Scene) -> None:
    assert scene.somebody("users/export-data").status_code == 200


@causes(EventKind.DELETION_ASKED)
def leave(scene: Scene) -> None:
    leaving.ask(scene.api, scene.bob)


@causes(EventKind.DELETION_UNDONE)
def stay_after_all(scene: Scene) -> None:
    leave(scene)
    assert scene.nobody("users/delete-account/undo", token=leaving.link_token(scene.post)).status_code == 200


@causes(EventKind.ERASED)
def be_erased(scene: Scene) -> UUID:
    leaving.erase(leaving.ask(scene.api, scene.bob))
    return scene.bob.pk


@causes(EventKind.DENIED)
def be_denied(scene: Scene) -> None:
    scene.bob.is_staff = True
    scene.bob.save()
    client = Client()
    client.force_login(scene.bob)
    assert client.get("/admin/common/seal/").status_code == 403


@pytest.fixture
def scene(bob: User, operator: User, api: Api, post: Post, request: pytest.FixtureRequest) -> Scene:
    return Scene(bob, operator, api, post, request.getfixturevalue)


# What no request does: the erasure of those who left, what a provider tells, and operators' service calls.
BY_WORKERS = {EventKind.ERASED, EventKind.PROVIDER_TOLD, EventKind.FACTOR_REMOVED}


def test_rule_70_every_kind_is_caused_by_something() -> None:
    assert set(CAUSES) == set(EventKind)


@pytest.mark.parametrize("kind", EventKind)
def test_rule_70_an_event_is_kept_of_what_happened(kind: EventKind, scene: Scene, transactional_db: None) -> None:
    about = CAUSES[kind](scene)
    whom = about.pk if isinstance(about, User) else about or scene.bob.pk
    events = list(SecurityEvent.objects.filter(kind=kind))
    assert whom in {event.user_id for event in events}
    if kind in TOLD:
        assert Notification.objects.filter(recipient_id=whom, kind=TOLD[kind]).exists()
    newest = events[-1]
    assert bool(newest.request_id) != (kind in BY_WORKERS)
    # Rule 72: ids, kinds and counts, and nothing that names anybody.
    kept = json.dumps([event.details for event in SecurityEvent.objects.all()])
    people = [str(User.objects.get(pk=whom).email), BOB, scene.bob.full_name, PASSWORD, NEW_PASSWORD, "@", "+1415"]
    assert not [name for name in people if name in kept]


def test_rule_70_what_is_refused_leaves_only_its_refusal(scene: Scene, transactional_db: None) -> None:
    client = scene.api(scene.bob)
    before = SecurityEvent.objects.count()
    short = client.post("/api/v1/auth/password/change/", {"new_password": "short", "confirm_password": "short"})
    assert short.status_code == 400
    assert scene.nobody("auth/logout", refresh_token="of nobody").status_code == 200
    assert client.delete(f"/api/v1/auth/sessions/{UUID(int=7)}/").status_code == 404
    assert client.patch("/api/v1/users/profile/", {"timezone": "Mars/Olympus"}).status_code == 400
    assert SecurityEvent.objects.count() == before
    assert Session.objects.get(user=scene.bob).revoked_at is None


def test_rule_08_what_a_person_must_know_cannot_be_muted() -> None:
    assert not TOLD.keys() & TOLD_SOMETIMES.keys()
    for name in (*TOLD.values(), *(name for names in TOLD_SOMETIMES.values() for name in names)):
        assert kinds.get(name).critical, name
