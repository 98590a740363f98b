from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import limits
from accounts.events import EventKind, record
from accounts.login.services import SignedIn, enter, person_known_by
from accounts.models import CodePurpose, SignInMethod, User
from accounts.registration.passwords import refuse_weak
from accounts.sessions import Device
from accounts.signals import email_changed
from accounts.verification import codes, mailing
from numerai.common import clock
from numerai.common.errors import DomainError


class CodeInvalid(DomainError):
    """The same for a wrong, an expired, a used and a guessed-at code, and for an address that awaits none."""

    status, code, title = 400, "code_invalid", "Code not accepted"
    detail = "That code is not right or no longer valid. Check it, or ask for a new one."


def verify(*, email: str, phone: str, code: str, device: Device, new_password: str = "") -> SignedIn:
    """Whoever enters the code that was sent to an address owns the address, and is signed in.

    ``new_password`` is set when the account has none. Raises CodeInvalid; InputError for a password that resembles
    the name on record, and then the code stays good.
    """
    user = person_known_by(email=email, phone=phone)
    admitted = None
    # Durable, because a wrong guess must stay counted whatever the caller does next.
    with transaction.atomic(durable=True):
        if _redeem(user, email=email, phone=phone, code=code) and user is not None:
            admitted = _admit(user.pk, email or phone, new_password, purpose=_purpose(email))
    if admitted is None:
        raise CodeInvalid
    return enter(user=admitted, method=SignInMethod.CODE, device=device)


def resend(*, email: str, phone: str) -> None:
    """Send a new code to a person who awaits one. Nothing tells whether there is such a person.

    Raises TooManyRequests for any address, known or not, past one request a minute or five an hour.
    """
    limits.ask_for_code(email or phone)
    user = person_known_by(email=email, phone=phone)
    if user is not None and _awaits(user):
        mailing.send_code(user)
    else:
        mailing.send_nothing(email or phone)


def _awaits(user: User) -> bool:
    return user.is_active and not user.is_verified


def _purpose(email: str) -> CodePurpose:
    return CodePurpose.VERIFY_EMAIL if email else CodePurpose.VERIFY_PHONE


def _redeem(user: User | None, *, email: str, phone: str, code: str) -> bool:
    """The same statements for those who have nothing to verify, for whom no code can be right."""
    awaits = user is not None and _awaits(user)
    return codes.redeem(
        user_id=user.pk if user is not None and awaits else None,
        email=email or phone,
        purpose=_purpose(email),
        code=code,
    )


def _admit(user_id: UUID, address: str, new_password: str, *, purpose: CodePurpose) -> User | None:
    """The person, whose address is verified now; None when it is no longer theirs, or another has verified it."""
    # Locked and read again: another sign-up for the address may just have taken the password away.
    user = User.objects.select_for_update(no_key=True).get(id=user_id)
    if mailing.address_of(user) != address:
        return None
    if purpose == CodePurpose.VERIFY_EMAIL:
        user.email_verified_at = clock.now()
    else:
        user.phone_verified_at = clock.now()
    if new_password and not user.has_usable_password():
        refuse_weak(
            new_password,
            email=user.email or "",
            full_name=user.full_name,
            phone=user.phone or "",
            field="new_password",
        )
        user.set_password(new_password)
        record(EventKind.PASSWORD_SET, user_id=user.pk)
    try:
        with transaction.atomic():
            user.save(update_fields=["email_verified_at", "phone_verified_at", "password"])
    except IntegrityError:
        return None
    if purpose == CodePurpose.VERIFY_PHONE:
        # Whoever reads what is sent to a number owns it; to all others who noted it, it is no key and a mistake.
        User.objects.filter(phone=user.phone, phone_verified_at__isnull=True, email__isnull=False).update(phone=None)
    record(EventKind.ADDRESS_VERIFIED, user_id=user.pk, details={"purpose": purpose.value})
    if purpose == CodePurpose.VERIFY_EMAIL:
        email_changed.send(sender=User, user=user)
    return user
