"""What a provider says of a person, reduced to what we may believe."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from accounts.models import IdentityProvider, normalise_email
from accounts.profiles.fields import LINE_BREAK, UNPRINTABLE
from accounts.registration.fields import EMAIL

LONGEST_NAME = 200
GMAIL = ("@gmail.com", "@googlemail.com")
RELAY = "@privaterelay.appleid.com"


@dataclass(frozen=True)
class Told:
    """A person by the word of ``provider``. ``email`` is "" when none was told; ``is_verified`` says whether its owner
    and this person are certainly one; ``refresh_token`` is the provider's, "" for none."""

    provider: IdentityProvider
    subject: str
    email: str = ""
    is_verified: bool = False
    is_private_relay: bool = False
    full_name: str = ""
    refresh_token: str = ""

    def __repr__(self) -> str:
        """Without what names anybody, and without the token, for whatever reports an error."""
        return f"Told({self.provider.value})"


def told_by_google(claims: dict[str, Any], *, refresh_token: str = "") -> Told:
    """Google vouches for its own addresses and for those of its customers' domains (``hd``). Any other address was
    verified once, when the account was made, and may have become somebody else's."""
    email = _email(claims.get("email"))
    hosted = claims.get("hd")
    is_theirs = email.endswith(GMAIL) or (isinstance(hosted, str) and bool(hosted))
    return Told(
        IdentityProvider.GOOGLE,
        claims["sub"],
        email=email,
        is_verified=bool(email) and is_theirs and _is_true(claims.get("email_verified")),
        full_name=clean_name(claims.get("name")),
        refresh_token=refresh_token,
    )


def told_by_apple(claims: dict[str, Any], *, full_name: str = "", refresh_token: str = "") -> Told:
    """Apple's token holds no name: ``full_name`` is what the caller says that Apple said, once."""
    email = _email(claims.get("email"))
    return Told(
        IdentityProvider.APPLE,
        claims["sub"],
        email=email,
        is_verified=bool(email) and _is_true(claims.get("email_verified")),
        is_private_relay=email.endswith(RELAY) or _is_true(claims.get("is_private_email")),
        full_name=clean_name(full_name),
        refresh_token=refresh_token,
    )


def clean_name(name: Any) -> str:
    """``name`` as one line of printable text, cut to what a name may have; "" when it is none."""
    if not isinstance(name, str):
        return ""
    text = UNPRINTABLE.sub("", LINE_BREAK.sub(" ", name[: 4 * LONGEST_NAME]))
    text = " ".join(unicodedata.normalize("NFC", text).split())[:LONGEST_NAME].strip()
    return text if any(character.isalpha() for character in text) else ""


def _email(given: Any) -> str:
    """The address in our form; "" for whatever is none, which is as if nothing had been told."""
    if not isinstance(given, str) or len(given) > 254:
        return ""
    address = normalise_email(given) or ""
    return address if len(address) <= 254 and EMAIL.fullmatch(address) else ""


def _is_true(value: Any) -> bool:
    """Apple sends text at times. Anything else, the text "false" above all, is no."""
    return value is True or value == "true"
