from typing import Any
from uuid import UUID

from django.conf import settings

from accounts.models import CodePurpose, Session, User
from accounts.verification import codes
from notifications.kinds import NoLongerNeeded
from notifications.services import notify
from numerai.common import clock

PROOF_KIND = "accounts.proof_code"


def send_code(user: User, session_id: UUID) -> None:
    """Send ``user``, who has been counted, a code that is good in that session."""
    notify(user=user, kind=PROOF_KIND, context={"session_id": session_id.hex})


def fresh_code(user_id: UUID, context: dict[str, Any]) -> dict[str, Any]:
    """Made by the worker just before the mail leaves, as every code is."""
    session = Session.objects.select_related("user").filter(id=context["session_id"], user_id=user_id).first()
    if session is None or not session.is_live_at(clock.now()) or session.user.email_verified_at is None:
        raise NoLongerNeeded
    bound = bound_to(str(session.user.email), session.id)
    return {
        "code": codes.issue(user_id=user_id, email=bound, purpose=CodePurpose.PROVE),
        "minutes": int(settings.ONE_TIME_CODE_LIFETIME.total_seconds() // 60),
    }


def bound_to(email: str, session_id: UUID) -> str:
    """What such a code is good for: a code read in one session proves nothing in another."""
    return f"{email}:{session_id.hex}"
