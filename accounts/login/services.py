from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from accounts.login.door import EmailNotVerified, InvalidCredentials
from accounts.models import SignInMethod, User
from accounts.sessions import Device, TokenPair, open_session
from accounts.verification import mailing


@dataclass(frozen=True)
class SignedIn:
    user: User
    tokens: TokenPair = field(repr=False)


def enter(*, user: User, method: SignInMethod, device: Device) -> SignedIn:
    """Let ``user`` in, who has just proved by ``method`` who they are: the only way to a session for every view.

    Raises what the login door has against it.
    """
    return SignedIn(user, open_session(user=user, device=device, method=method))


def person_known_by(*, email: str, phone: str) -> User | None:
    """Whose verified number ``phone`` or whose address ``email`` it is; "" for the one that was not given."""
    if email:
        return User.objects.filter(email=email).first()
    return User.objects.filter(phone=phone, phone_verified_at__isnull=False).first()


def sign_in(*, email: str, phone: str, password: str, device: Device) -> SignedIn:
    """Sign in by password. One hash is computed for whatever is given, so that the time tells nothing.

    Raises InvalidCredentials, or EmailNotVerified once the password was right; then a new code is on its way.
    """
    user = person_known_by(email=email, phone=phone)
    if user is None:
        make_password(password)
        raise InvalidCredentials
    if not user.check_password(password):
        raise InvalidCredentials
    try:
        return enter(user=user, method=SignInMethod.PASSWORD, device=device)
    except EmailNotVerified:
        mailing.send_code(user)
        raise
