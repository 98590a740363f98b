"""Adding, removing and renewing second factors. Each ends every session but this one, and tells the person."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from rest_framework.request import Request

from accounts.events import EventKind, record
from accounts.events.device import device_named_by
from accounts.factors import challenges, proofs, telling
from accounts.factors.active import Factor, has_second_factor
from accounts.factors.errors import NoSecondFactor, SecondFactorInvalid
from accounts.factors.proofs import Proof
from accounts.factors.ways import passkeys, recovery, relying_party, totp
from accounts.factors.ways.relying_party import Answer
from accounts.models import (
    AuthenticatorApp,
    ChallengePurpose,
    Passkey,
    RecoveryCode,
    Session,
    SessionEnd,
    User,
)
from accounts.proof.services import signed_in_by
from accounts.proof.staying import admitted_caller, stay
from accounts.sessions import TokenPair, end_all_sessions
from notifications.services import notify
from numerai.common import clock
from numerai.common.errors import NotAuthenticated, NotFound


@dataclass(frozen=True, repr=False)
class Changed:
    """``tokens`` of the fresh session of this device; ``recovery_codes`` when new ones were made, shown this once."""

    tokens: TokenPair
    recovery_codes: list[str]


def prove(request: Request, token: str, proof: Proof) -> None:
    """Answer the challenge of a FactorProofRequired, which makes the second factor fresh in this session.

    Raises what ``proofs.answer`` raises, and TooManyRequests.
    """
    user, session_id = signed_in_by(request)
    challenge = challenges.count_try(token, ChallengePurpose.FACTOR_PROOF, device=device_named_by(request), user=user)
    proofs.count(request, user, proof.factor)
    proofs.answer(challenge, user, token, proof)
    live = Session.objects.filter(id=session_id, revoked_at__isnull=True)
    if not live.update(factor_proved_at=clock.now(), has_second_factor=True):
        raise NotAuthenticated


def confirm_app(request: Request, code: str) -> Changed:
    """Make the authenticator app that was begun a factor. Raises SecondFactorInvalid, TooManyRequests."""
    user, _ = signed_in_by(request)
    proofs.count(request, user, Factor.TOTP)
    try:
        return _settled(request, lambda caller: add_app(caller, code))
    except SecondFactorInvalid as refused:
        proofs.keep_failure(user, Factor.TOTP, refused)
        raise


def add_app(user: User, code: str) -> list[str]:
    """Without a session, for the admin: answers new recovery codes, if they are the first."""
    with _changing(user):
        totp.confirm(user, code)
        return _added(user, Factor.TOTP)


def remove_app(request: Request) -> Changed:
    """Raises NotFound where there is none."""

    def remove(user: User) -> list[str]:
        if not AuthenticatorApp.objects.filter(user=user, confirmed_at__isnull=False).delete()[0]:
            raise NotFound
        return _removed(user, Factor.TOTP)

    return _settled(request, remove)


def passkey_options(request: Request) -> Answer:
    user, _ = signed_in_by(request)
    token = challenges.issue(ChallengePurpose.PASSKEY_ADDED, device=device_named_by(request), user=user)
    return relying_party.registration_options(user, token, Passkey.objects.filter(user=user))


def add_passkey(request: Request, name: str, answer: Answer) -> Changed:
    """Keep the passkey that ``answer`` brings. Raises PasskeyInvalid, ChallengeInvalid, FactorExists,
    TooManyPasskeys."""
    caller, _ = signed_in_by(request)
    token = relying_party.token_of_registration(answer)
    device = device_named_by(request)
    challenge = challenges.count_try(token, ChallengePurpose.PASSKEY_ADDED, device=device, user=caller)
    made = relying_party.verify_registration(token, answer)

    def add(user: User) -> list[str]:
        challenges.use_up(challenge)
        passkeys.add(user, name, made)
        return _added(user, Factor.PASSKEY)

    return _settled(request, add)


def rename_passkey(user: User, passkey_id: UUID, name: str) -> Passkey:
    """Raises NotFound for one that is not the person's."""
    Passkey.objects.filter(id=passkey_id, user=user).update(name=name)
    return passkey_of(user, passkey_id)


def passkey_of(user: User, passkey_id: UUID) -> Passkey:
    """Raises NotFound for one that is not the person's."""
    passkey = Passkey.objects.filter(id=passkey_id, user=user).first()
    if passkey is None:
        raise NotFound
    return passkey


def remove_passkey(request: Request, passkey_id: UUID) -> Changed:
    """Raises NotFound for one that is not the person's."""

    def remove(user: User) -> list[str]:
        if not Passkey.objects.filter(id=passkey_id, user=user).delete()[0]:
            raise NotFound
        return _removed(user, Factor.PASSKEY)

    return _settled(request, remove)


def renew_recovery_codes(request: Request) -> Changed:
    """Ten new ones instead of those that are left. Raises NoSecondFactor."""

    def renew(user: User) -> list[str]:
        if not has_second_factor(user.pk):
            raise NoSecondFactor
        record(EventKind.RECOVERY_CODES_MADE, user_id=user.pk, details={"codes": recovery.HOW_MANY})
        notify(user=user, kind=telling.CODES_MADE, context={}, action_url="/")
        end_all_sessions(user=user, reason=SessionEnd.FACTOR_CHANGE)
        return recovery.make(user)

    return _settled(request, renew)


def remove_all(user: User) -> bool:
    """For an operator who helps a person that has lost everything; whether there was anything to remove."""
    with _changing(user):
        apps = AuthenticatorApp.objects.filter(user=user).delete()[0]
        gone = apps + Passkey.objects.filter(user=user).delete()[0]
        RecoveryCode.objects.filter(user=user).delete()
        if gone:
            record(EventKind.FACTOR_REMOVED, user_id=user.pk, details={"factor": "all", "factors": gone})
            notify(user=user, kind=telling.RESET, context={}, action_url="/")
            end_all_sessions(user=user, reason=SessionEnd.FACTOR_CHANGE)
    return bool(gone)


@contextmanager
def _changing(user: User) -> Iterator[None]:
    """One change at a time for each person: what is the first or the last factor is seen with the row locked."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(id=user.pk)
        yield


def _added(user: User, factor: Factor) -> list[str]:
    has_codes = RecoveryCode.objects.filter(user=user).exists()
    record(EventKind.FACTOR_ADDED, user_id=user.pk, details={"factor": factor.value})
    notify(user=user, kind=telling.ADDED, context={"factor": factor.value}, action_url="/")
    end_all_sessions(user=user, reason=SessionEnd.FACTOR_CHANGE)
    return [] if has_codes else recovery.make(user)


def _removed(user: User, factor: Factor) -> list[str]:
    is_last = not has_second_factor(user.pk)
    if is_last:
        RecoveryCode.objects.filter(user=user).delete()
    record(EventKind.FACTOR_REMOVED, user_id=user.pk, details={"factor": factor.value, "was_last": is_last})
    context = {"factor": factor.value, "is_last": is_last}
    notify(user=user, kind=telling.REMOVED, context=context, action_url="/")
    end_all_sessions(user=user, reason=SessionEnd.FACTOR_CHANGE)
    return []


def _settled(request: Request, change: Callable[[User], list[str]]) -> Changed:
    """Make ``change`` of the caller, whose row is locked, and open a fresh session on this device for the one that it
    has ended. Raises what the door has against the caller before anything is changed."""
    with transaction.atomic():
        user, session = admitted_caller(request)
        codes = change(user)
    session.has_second_factor = has_second_factor(user.pk)
    return Changed(stay(request, user, session).tokens, codes)
