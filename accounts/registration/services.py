from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction

from accounts import limits
from accounts.models import Profile, User
from accounts.verification.mailing import CODE_KIND
from notifications.services import notify
from numerai.common.errors import DomainError

KNOWN_KIND = "accounts.already_registered"


class PhoneSignUpUnavailable(DomainError):
    code, title = "phone_sign_up_unavailable", "Sign up with an e-mail address"
    detail = "Sign up with an e-mail address; codes cannot be sent to phones yet."


@dataclass(frozen=True, repr=False)
class SignUp:
    """Without a repr: it would show a password, and who signs up, to whatever reports an error."""

    email: str
    password: str
    full_name: str
    phone: str = ""
    date_of_birth: date | None = None
    gender: str = ""
    timezone: str = "UTC"
    location: str = ""


def register(sign_up: SignUp) -> None:
    """Sign a person up and send a code to their address. For a known address the caller sees and waits for the same.

    The owner of a verified account is told that they have one. For an account that still awaits its code a new code is
    sent and nothing is overwritten, for nobody knows yet whose it is: the code proves who reads the mail, not who chose
    the password. So when two sign-ups for one unverified address name different passwords, neither is kept; otherwise
    a stranger could plant one, before or after the owner's own sign-up, and walk in once the owner has entered the
    code. The owner is signed in by the code, and gets a password by resetting it.
    """
    if not sign_up.email:
        raise PhoneSignUpUnavailable(field="phone")
    may_mail = limits.may_mail(sign_up.email)
    known = User.objects.filter(email=sign_up.email).first() or _create(sign_up, may_mail=may_mail)
    if known is not None:
        _sign_up_again(known, sign_up.password, may_mail=may_mail)


def _create(sign_up: SignUp, *, may_mail: bool) -> User | None:
    """A new person; or the one that a parallel sign-up for the address has just made, who is answered."""
    profile = Profile(
        date_of_birth=sign_up.date_of_birth,
        gender=sign_up.gender,
        timezone=sign_up.timezone,
        location=sign_up.location,
    )
    user = User(email=sign_up.email, phone=sign_up.phone or None, full_name=sign_up.full_name)
    user.set_password(sign_up.password)
    try:
        with transaction.atomic():
            User.objects.add(user, profile)
            if may_mail:
                notify(user=user, kind=CODE_KIND)
    except IntegrityError:
        return User.objects.get(email=sign_up.email)
    return None


def _sign_up_again(known: User, password: str, *, may_mail: bool) -> None:
    is_same = check_password(password, known.password)
    if not known.is_active:
        return
    with transaction.atomic():
        if not known.is_verified and not is_same:
            _forget_contested_password(known)
        if may_mail and known.is_verified:
            notify(user=known, kind=KNOWN_KIND, action_url="/")
        elif may_mail:
            notify(user=known, kind=CODE_KIND)


def _forget_contested_password(user: User) -> None:
    # Asked of the row once more, for the owner may be entering the code at this moment.
    unverified = User.objects.filter(id=user.pk, email_verified_at__isnull=True, phone_verified_at__isnull=True)
    unverified.update(password=make_password(None))
