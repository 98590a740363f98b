from rest_framework.request import Request

from accounts.events.device import device_named_by
from accounts.login import door
from accounts.login.services import SignedIn, enter
from accounts.models import Session, SignInMethod, User
from accounts.proof.services import signed_in_by
from numerai.common.errors import NotAuthenticated


def locked_caller(request: Request) -> tuple[User, Session]:
    """The caller, locked until the transaction ends, and their session, which has not ended: of two acts that end all
    sessions at one moment the second is refused. Raises NotAuthenticated."""
    caller, session_id = signed_in_by(request)
    user = User.objects.select_for_update(no_key=True).filter(id=caller.pk, is_active=True).first()
    session = Session.objects.filter(id=session_id, revoked_at__isnull=True).first()
    if user is None or session is None:
        raise NotAuthenticated
    return user, session


def admitted_caller(request: Request) -> tuple[User, Session]:
    """The same, asked of the login door before anything is changed: ``stay`` will lead through it. Raises what the door
    has against the caller."""
    user, session = locked_caller(request)
    method, device = SignInMethod(session.method), device_named_by(request)
    if refused := door.refusal(door.Entry(user, method, device, has_second_factor=session.has_second_factor)):
        raise refused
    return user, session


def stay(request: Request, user: User, previous: Session) -> SignedIn:
    """Let the person who has just ended all sessions, this one included, go on at this device as they were: no fresher
    than before."""
    return enter(
        user=user,
        method=SignInMethod(previous.method),
        device=device_named_by(request),
        has_second_factor=previous.has_second_factor,
        previous=previous,
    )
