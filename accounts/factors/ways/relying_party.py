"""WebAuthn as fido2 speaks it: what a browser is asked, and whether its answer is right. Nothing here is stored.

A token is the challenge, as ``accounts.factors.challenges`` issues it. Answers are what ``toJSON()`` of a credential
gives; whoever wrote one chose its shape, so anything may be wrong with it.
"""

import struct
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django.conf import settings
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.factors.errors import PasskeyInvalid
from accounts.models import Passkey, User

Answer = dict[str, Any]

# ES256, EdDSA, RS256: every authenticator has one of them.
ALGORITHMS: Final = (-7, -8, -257)
LONGEST_ID, LONGEST_CREDENTIAL = 1023, 4096
TIMEOUT_MILLISECONDS = 300_000
MALFORMED: Final = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RecursionError,
    NotImplementedError,
    struct.error,
    UnsupportedAlgorithm,
)


@dataclass(frozen=True)
class Registered:
    """The public half of a key pair that has just been made for us."""

    credential_id: bytes
    credential: bytes
    sign_count: int
    is_synced: bool
    transports: list[str]


@dataclass(frozen=True)
class Asserted:
    """Which credential an answer names and which challenge it answers, before any of it is believed."""

    credential_id: bytes
    token: str
    user_handle: bytes | None
    response: AuthenticationResponse


def registration_options(user: User, token: str, existing: Iterable[Passkey]) -> Answer:
    """What ``navigator.credentials.create`` is asked."""
    name = user.email or user.phone or ""
    entity = PublicKeyCredentialUserEntity(id=user.pk.bytes, name=name, display_name=user.full_name or name)
    options, _ = _server().register_begin(
        entity,
        [_descriptor(passkey) for passkey in existing],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
        challenge=websafe_decode(token),
    )
    return dict(options)


def verify_registration(token: str, answer: Answer) -> Registered:
    """The credential that ``answer`` brings. Raises PasskeyInvalid."""
    try:
        response = RegistrationResponse.from_dict(answer)
        _refuse_embedded(response.response.client_data.cross_origin)
        data = _server().register_complete(_state(token, must_verify=False), response)
        made = data.credential_data
        if made is None or not _is_usable(made) or made.credential_id != response.raw_id:
            raise PasskeyInvalid
        known = {str(transport) for transport in AuthenticatorTransport}
        transports = [name for name in answer["response"].get("transports", []) if name in known]
    except MALFORMED:
        raise PasskeyInvalid from None
    return Registered(made.credential_id, bytes(made), data.counter, data.is_backed_up(), sorted(set(transports)))


def token_of_registration(answer: Answer) -> str:
    """Which challenge ``answer`` answers. Raises PasskeyInvalid for what is no answer."""
    try:
        return websafe_encode(RegistrationResponse.from_dict(answer).response.client_data.challenge)
    except MALFORMED:
        raise PasskeyInvalid from None


def sign_in_options(token: str, passkeys: Iterable[Passkey] = (), *, must_verify: bool) -> Answer:
    """What ``navigator.credentials.get`` is asked; without ``passkeys`` any that the browser has for us will do.

    With ``must_verify`` the authenticator asks for a finger, a face or a PIN.
    """
    options, _ = _server().authenticate_begin(
        [_descriptor(passkey) for passkey in passkeys],
        user_verification=_verification(must_verify),
        challenge=websafe_decode(token),
    )
    return dict(options)


def read_assertion(answer: Answer) -> Asserted:
    """Raises PasskeyInvalid for what is no answer."""
    try:
        response = AuthenticationResponse.from_dict(answer)
        client_data = response.response.client_data
        _refuse_embedded(client_data.cross_origin)
        return Asserted(response.raw_id, websafe_encode(client_data.challenge), response.response.user_handle, response)
    except MALFORMED:
        raise PasskeyInvalid from None


def verify_assertion(passkey: Passkey, asserted: Asserted, token: str, *, must_verify: bool) -> int:
    """The authenticator's new count, when ``passkey`` has signed ``token`` for one of our pages. Raises PasskeyInvalid.

    Whether the count has grown is for the caller to say.
    """
    try:
        if asserted.user_handle not in (None, b"", passkey.user_id.bytes):
            raise PasskeyInvalid
        credential = AttestedCredentialData(bytes(passkey.credential))
        _server().authenticate_complete(_state(token, must_verify=must_verify), [credential], asserted.response)
        return asserted.response.response.authenticator_data.counter
    except MALFORMED:
        raise PasskeyInvalid from None


def _server() -> Fido2Server:
    rp = PublicKeyCredentialRpEntity(id=settings.PASSKEY_RP_ID, name=settings.COMPANY_NAME)
    server = Fido2Server(rp, verify_origin=lambda origin: origin in settings.PASSKEY_ORIGINS)
    server.timeout = TIMEOUT_MILLISECONDS  # type: ignore[assignment]
    server.allowed_algorithms = [
        PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=algorithm)
        for algorithm in ALGORITHMS
    ]
    return server


def _state(token: str, *, must_verify: bool) -> Answer:
    return {"challenge": token, "user_verification": _verification(must_verify)}


def _verification(must_verify: bool) -> UserVerificationRequirement:
    return UserVerificationRequirement.REQUIRED if must_verify else UserVerificationRequirement.PREFERRED


def _descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(
        type=PublicKeyCredentialType.PUBLIC_KEY,
        id=bytes(passkey.credential_id),
        transports=[AuthenticatorTransport(name) for name in passkey.transports] or None,
    )


def _refuse_embedded(is_cross_origin: bool) -> None:
    """A page of somebody else's that holds ours in a frame."""
    if is_cross_origin:
        raise PasskeyInvalid


def _is_usable(made: AttestedCredentialData) -> bool:
    """Whether a signature could ever be right: of an algorithm we offered, a key that exists, and of a size to keep."""
    if made.public_key.get(3) not in ALGORITHMS or len(made) > LONGEST_CREDENTIAL:
        return False
    # A key that does not exist, such as a point beside the curve, fails in another way than by not having signed.
    with suppress(InvalidSignature):
        made.public_key.verify(b"", b"")
    return 0 < len(made.credential_id) <= LONGEST_ID
