"""For the page of a person: how their account stands, and what an operator may do about it."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from unfold.decorators import display
from unfold.utils import display_for_label

from accounts.admin.confirming import confirmed, page_action
from accounts.factors.services import remove_all
from accounts.models import (
    OPEN_DELETION,
    AuthenticatorApp,
    Deletion,
    EventKind,
    Passkey,
    RecoveryCode,
    SecurityEvent,
    SessionEnd,
    Tombstone,
    User,
)
from accounts.passwords.mailing import LINK_KIND
from accounts.passwords.services import ask_for
from accounts.sessions import end_all_sessions
from accounts.unlocking.services import unlock_by_operator
from numerai.common import clock

UNLOCK = "Let everybody try again who has been refused as {person} after too many attempts?"
END = "End every session of {person}? They are signed out everywhere, and are told."
LINK = "Mail {person} a link to choose a new password? Nobody here ever knows it."
FACTORS_AWAY = "Remove second factors"
FACTORS = (
    "Remove all second factors of {person}? The password alone will sign in, every session ends, and the person is "
    "told. Be sure that it is they who ask."
)
COLOURS = {
    "active": "success",
    "unverified": "info",
    "locked": "warning",
    "leaving": "warning",
    "closed": "danger",
    "erased": "danger",
}


def with_standing(people: "QuerySet[User]") -> "QuerySet[User]":
    """``people`` with what ``AccountDesk.standing`` and ``last_sign_in`` read."""
    events = SecurityEvent.objects.filter(user_id=OuterRef("pk"))
    unlocked = SecurityEvent.objects.filter(
        user_id=OuterRef("user_id"), kind=EventKind.SIGN_IN_UNLOCKED, id__gt=OuterRef("id")
    )
    since = clock.now() - timedelta(seconds=settings.ACCOUNT_LOCK_DURATION)
    refused = events.filter(~Exists(unlocked), kind=EventKind.SIGN_IN_LIMITED, at__gt=since)
    signed_in = events.filter(kind=EventKind.SIGN_IN).order_by("-id")
    return people.annotate(
        is_erased=Exists(Tombstone.objects.filter(subject_id=OuterRef("pk"))),
        is_leaving_now=Exists(Deletion.objects.filter(person_id=OuterRef("pk"), state__in=OPEN_DELETION)),
        is_locked=Exists(refused),
        signed_in_at=Subquery(signed_in.values("at")[:1]),
    )


class AccountDesk:
    """What it does goes through the same services as the API, with the operator as the actor."""

    @display(description="State", label=COLOURS)  # type: ignore[untyped-decorator]
    def standing(self, user: Any) -> str:
        stands = {
            "erased": user.is_erased,
            "leaving": user.is_leaving_now,
            "closed": not user.is_active,
            "locked": user.is_locked,
            "unverified": not user.is_verified,
        }
        return next((name for name, is_so in stands.items() if is_so), "active")

    @admin.display(description="State")
    def stands(self, user: User) -> str:
        return str(display_for_label(self.standing(user), "-", COLOURS))

    @admin.display(description="Last sign-in", ordering="signed_in_at")
    def last_sign_in(self, user: Any) -> str:
        moment: datetime | None = user.signed_in_at
        return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "-"

    @admin.display(description="Second factors")
    def factors(self, user: User) -> str:
        counts = {
            "authenticator app": AuthenticatorApp.objects.filter(user=user, confirmed_at__isnull=False).count(),
            "passkeys": Passkey.objects.filter(user=user).count(),
            "recovery codes left": RecoveryCode.objects.filter(user=user, used_at__isnull=True).count(),
        }
        return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "none"

    def has_account_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whose account it is, ``confirmed`` looks at."""
        return request.user.has_perm("accounts.change_user")

    def has_superuser_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return isinstance(request.user, User) and request.user.is_superuser

    @page_action("Unlock", path="unlock", permission="account")
    def unlock(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(person: User) -> str:
            unlock_by_operator(person)
            return "Signing in can be tried again."

        return confirmed(self, request, object_id, question=UNLOCK, yes="Unlock", act=act)

    @page_action("End sessions", path="end-sessions", permission="account")
    def end_sessions(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(person: User) -> str:
            return f"{end_all_sessions(user=person, reason=SessionEnd.OPERATOR)} sessions were ended."

        return confirmed(self, request, object_id, question=END, yes="End sessions", act=act)

    @page_action("Send reset link", path="send-reset-link", permission="account")
    def send_reset_link(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def act(person: User) -> str:
            ask_for(person, kind=LINK_KIND)
            return "The link is on its way."

        return confirmed(self, request, object_id, question=LINK, yes="Send reset link", act=act)

    @page_action(FACTORS_AWAY, path="remove-second-factors", permission="superuser", is_grave=True)
    def remove_second_factors(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """For who has lost everything, and has shown us who they are."""

        def act(person: User) -> str:
            if remove_all(person):
                return "The second factors are removed, and the person is told."
            return "There was none to remove."

        return confirmed(self, request, object_id, question=FACTORS, yes=FACTORS_AWAY, act=act, is_grave=True)
