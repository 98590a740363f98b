from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from django.db import IntegrityError, transaction

from accounts import limits
from accounts.events import EventKind, record
from accounts.login.services import person_known_by
from accounts.models import Profile, User
from accounts.profiles.services import update_profile
from accounts.verification import mailing
from notifications.services import can_text
from numerai.common.errors import DomainError

DETAILS = ("full_name", "date_of_birth", "gender", "timezone", "location")
KNOWN_KIND = "accounts.already_registered"
PHONE_KNOWN_KIND = "accounts.phone_already_registered"


class PhoneSignUpUnavailable(DomainError):
    code, title = "phone_sign_up_unavailable", "Sign up with an e-mail address"
    detail = "Sign up with an e-mail address; codes cannot be sent to phones here."


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

    @property
    def address(self) -> str:
        """Where the code goes."""
        return self.email or self.phone


def register(sign_up: SignUp) -> None:
    """Sign a person up and send a code to their address, or to their phone when they have named nothing else. For one
    that is known the caller sees and waits for the same.

    The owner of a verified account is told that they have one. For an account that still awaits its code a new code is
    sent, and nobody knows yet whose it is: the code proves who reads the mail, not who chose the password. So when two
    sign-ups for one unverified address name different passwords, neither is kept; otherwise a stranger could plant
    one, before or after the owner's own sign-up, and walk in once the owner has entered the code. Whoever enters the
    code may choose a password with it. Of what the two tell about the person the newest stands, so that nothing of an
    earlier stranger's remains; the owner sees it once signed in. No phone number is kept beside the address, for it
    could become a key. Raises PhoneSignUpUnavailable where no texts can be sent.
    """
    if not sign_up.email and not can_text():
        raise PhoneSignUpUnavailable(field="phone")
    may_mail = limits.may_mail(sign_up.address)
    known = _known(sign_up)
    if known is None:
        known = _create(sign_up, may_mail=may_mail)
    if known is not None:
        _sign_up_again(known, sign_up, may_mail=may_mail)


def _known(sign_up: SignUp) -> User | None:
    return person_known_by(email=sign_up.email, phone=sign_up.phone)


def _create(sign_up: SignUp, *, may_mail: bool) -> User | None:
    """A new person; or the one that a parallel sign-up for the address has just made, who is answered."""
    profile = Profile(
        date_of_birth=sign_up.date_of_birth,
        gender=sign_up.gender,
        timezone=sign_up.timezone,
        location=sign_up.location,
    )
    user = User(email=sign_up.email or None, phone=sign_up.phone or None, full_name=sign_up.full_name)
    user.set_password(sign_up.password)
    kind = mailing.code_kind(sign_up.address)
    try:
        with transaction.atomic():
            _add(user, profile, is_kept=True)
            mailing.tell(user, kind=kind, is_kept=may_mail)
    except IntegrityError:
        known = _known(sign_up)
        # Nobody's at this moment, but held for the person from whom it was taken: nothing may be sent there.
        if known is None:
            mailing.tell(mailing.stand_in(sign_up.address), kind=kind, is_kept=False)
        return known
    return None


def _add(user: User, profile: Profile, *, is_kept: bool) -> None:
    with mailing.written(is_kept=is_kept):
        User.objects.add(user, profile)
        record(EventKind.SIGN_UP, user_id=user.pk)


def _sign_up_again(known: User, sign_up: SignUp, *, may_mail: bool) -> None:
    is_same = known.check_password(sign_up.password)
    kind = mailing.code_kind(sign_up.address)
    if known.is_verified:
        kind = KNOWN_KIND if sign_up.email else PHONE_KNOWN_KIND
    with transaction.atomic():
        if known.is_active and not known.is_verified and not is_same:
            _settle_contest(known, sign_up)
        else:
            # As many rows as a new person has, so that the time of the answer does not tell that this one is known.
            _add(mailing.stand_in(f"{uuid4()}@nobody.invalid"), Profile(), is_kept=False)
        mailing.tell(known, kind=kind, is_kept=may_mail and known.is_active, action_url="/")


def _settle_contest(known: User, newest: SignUp) -> None:
    # Asked of the row once more, for the owner may be entering the code at this moment.
    user = User.objects.select_for_update(no_key=True).filter(id=known.pk, is_active=True).first()
    if user is None or user.is_verified:
        return
    user.set_unusable_password()
    # Who has been in before owns the details, though an operator has changed the address since.
    if user.has_been_in:
        user.save(update_fields=["password"])
        return
    user.phone = user.phone if user.email is None else None
    user.save(update_fields=["password", "phone"])
    details = {name: getattr(newest, name) for name in DETAILS}
    update_profile(user_id=user.pk, changes=details | {"profile_completed_at": None})
