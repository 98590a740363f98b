"""How often signing in to one account may be tried, so that passwords cannot be guessed and nobody is locked out.

An account is locked for the network that tried, which is nobody else's business. Only when many networks try together
is it locked as a whole, and even then not for a network from which the person has signed in before, nor for one that a
mailed link has opened (``services``); sessions, and every way in that is not a password, go on.
"""

from django.db.models import Q
from django.http import HttpRequest
from rest_framework.request import Request

from accounts import limits
from accounts.events import EventKind, record
from accounts.login import door
from accounts.models import Session, User
from accounts.verification import mailing
from numerai.common.errors import TooManyRequests
from numerai.common.http.client_ip import client_ip, truncated
from numerai.common.throttling import Limit, Use, count, forget, give_back, is_permitted, permit

LOCKED_KIND = "accounts.sign_in_limited"
OPENED = "accounts.opened_for"
PARDONED = "accounts.pardoned"


class SignInLimited(TooManyRequests):
    """The same whether or not there is such an account."""

    code, title = "sign_in_limited", "Too many attempts to sign in"
    detail = "There were too many attempts to sign in to this account. Please wait, or ask for a link that unlocks it."


def hit_login(request: HttpRequest | Request, address: str) -> None:
    """Count one attempt to sign in as ``address``, before any work is done for it. Raises SignInLimited."""
    for limit, subject in _of_network(request, address):
        use = count(limit, subject)
        if use.number > limit.times and not _is_pardoned(limit, subject, address):
            _refuse(limit, use, address, scope="network")
    door.lock_was_asked(request)
    use = count(limits.LOGIN_FROM_ANYWHERE, address)
    if use.number <= limits.LOGIN_FROM_ANYWHERE.times:
        return
    if not _is_known(address, truncated(client_ip(request))):
        _refuse(limits.LOGIN_FROM_ANYWHERE, use, address, scope="account")
    use = count(limits.LOGIN_FROM_KNOWN, _from(request, address))
    if use.number > limits.LOGIN_FROM_KNOWN.times and not _is_pardoned(
        limits.LOGIN_FROM_KNOWN, _from(request, address), address
    ):
        _refuse(limits.LOGIN_FROM_KNOWN, use, address, scope="known network")


def succeeded(request: HttpRequest | Request, address: str) -> None:
    """The attempt just counted gave the right password: the network begins anew with this account, and nothing else
    has been used up. What the network tries at all accounts stays counted."""
    (own, subject), *site = _of_network(request, address)
    forget(own, subject)
    for limit, of_site in site:
        give_back(limit, of_site)
    give_back(limits.LOGIN_FROM_ANYWHERE, address)
    forget(limits.LOGIN_FROM_KNOWN, _from(request, address))


def open_for(request: HttpRequest | Request, address: str) -> None:
    """Let the caller's network try again, and for a day even while the account is locked as a whole."""
    for limit, subject in _of_network(request, address):
        forget(limit, subject)
    forget(limits.LOGIN_FROM_KNOWN, _from(request, address))
    permit(OPENED, _from(request, address), seconds=limits.UNLOCKED_SECONDS)


def pardon(address: str) -> None:
    """Let everybody begin anew with that account. The books of networks cannot be listed: each is forgotten when it
    would refuse, once."""
    forget(limits.LOGIN_FROM_ANYWHERE, address)
    permit(PARDONED, address, seconds=limits.LOGIN_OF_ACCOUNT.seconds)


def _is_pardoned(limit: Limit, subject: str, address: str) -> bool:
    if not is_permitted(PARDONED, address):
        return False
    if count(limits.PARDON_USED, f"{limit.name}|{subject}").number > 1:
        return False
    forget(limit, subject)
    count(limit, subject)
    return True


def _of_network(request: HttpRequest | Request, address: str) -> list[tuple[Limit, str]]:
    return limits.books(limits.LOGIN_OF_ACCOUNT, request, f"{address}|")


def _from(request: HttpRequest | Request, address: str) -> str:
    return f"{address}|{truncated(client_ip(request))}"


def _is_known(address: str, network: str) -> bool:
    """One statement whether or not there is such an account. Sessions are kept for a month after their end."""
    if is_permitted(OPENED, f"{address}|{network}"):
        return True
    owner = Q(user__email=address) | Q(user__phone=address, user__phone_verified_at__isnull=False)
    return bool(network) and Session.objects.filter(owner, address=network).exists()


def _refuse(limit: Limit, use: Use, address: str, *, scope: str) -> None:
    # Once a lock, at the refusal that is the first of it.
    if use.number == limit.times + 1:
        _note(address, scope)
    raise SignInLimited(retry_after=use.seconds_left)


def _note(address: str, scope: str) -> None:
    """Keep the lock on record, and send the owner of an account that strangers have locked a link that unlocks it."""
    user = User.objects.filter(email=address).first() if "@" in address else None
    record(EventKind.SIGN_IN_LIMITED, user_id=user.pk if user else None, details={"scope": scope})
    if scope != "account" or count(limits.LOCK_TOLD, address).number > limits.LOCK_TOLD.times:
        return
    is_owned = user is not None and user.is_active and user.email_verified_at is not None
    is_kept = is_owned and limits.may_send_to_all(address)
    mailing.tell(user if user is not None and is_kept else mailing.stand_in(address), kind=LOCKED_KIND, is_kept=is_kept)
