from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password
from django.db.models import F, Q

from accounts.login import door
from accounts.login.door import EmailNotVerified, InvalidCredentials
from accounts.models import Session, SignInMethod, User
from accounts.sessions import Device, TokenPair, open_session
from accounts.verification import mailing
from numerai.common.errors import DomainError


@dataclass(frozen=True)
class SignedIn:
    user: User
    tokens: TokenPair = field(repr=False)


def enter(
    *,
    user: User,
    method: SignInMethod,
    device: Device,
    has_second_factor: bool = False,
    previous: Session | None = None,
) -> SignedIn:
    """Let ``user`` in, who has just proved by ``method`` who they are: the only way to a session for every view.

    After the end of ``previous`` its person goes on, and has proved what they had proved there. Raises what the login
    door has against it, which stays on record: hence no transaction may be open around the call.
    """
    try:
        tokens = open_session(
            user=user,
            device=device,
            method=method,
            has_second_factor=has_second_factor,
            previous=previous,
            epoch=user.session_epoch,
        )
    except DomainError as refused:
        door.keep_refusal(door.Entry(user, method, device, has_second_factor), refused)
        raise
    return SignedIn(user, tokens)


def person_known_by(*, email: str, phone: str) -> User | None:
    """Whose address ``email`` or whose number ``phone`` it is; "" for the one that was not given.

    A number is somebody's once it is verified; until then that of a person who signed up with nothing else.
    """
    if email:
        return User.objects.filter(email=email).first()
    named = User.objects.filter(Q(phone_verified_at__isnull=False) | Q(email__isnull=True), phone=phone)
    return named.order_by(F("phone_verified_at").asc(nulls_last=True)).first()


def sign_in(*, email: str, phone: str, password: str, device: Device) -> SignedIn:
    """Sign in by password. One hash is computed for whatever is given, so that the time tells nothing.

    Raises InvalidCredentials, or EmailNotVerified once the password was right; then a new code is on its way.
    """
    user = person_known_by(email=email, phone=phone)
    if user is None:
        make_password(password)
    if user is None or not user.check_password(password):
        door.keep_failure(user.pk if user else None, SignInMethod.PASSWORD, door.Way.SIGN_IN, InvalidCredentials.code)
        raise InvalidCredentials
    try:
        return enter(user=user, method=SignInMethod.PASSWORD, device=device)
    except EmailNotVerified:
        mailing.send_code(user)
        raise
