"""Whether a password is known from breaches elsewhere, asked without telling which password it is.

Of the SHA-1 of a password its first five characters leave the house; the service answers with every ending that it
knows of that beginning, among hundreds of others (k-anonymity), padded so that not even their number tells.
"""

import hashlib

import structlog
from django.conf import settings

from numerai.common.outbound import NoAnswer, call

log = structlog.get_logger(__name__)

SECONDS = 2.0
PREFIX = 5


def is_breached(password: str) -> bool:
    """False as well where nobody is asked (``PASSWORD_BREACH_URL`` is empty) or no answer comes in two seconds: a
    service that is away must keep nobody out."""
    if not settings.PASSWORD_BREACH_URL:
        return False
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    url = f"{settings.PASSWORD_BREACH_URL.rstrip('/')}/range/{digest[:PREFIX]}"
    try:
        answer = call("GET", url, headers={"Add-Padding": "true", "User-Agent": "numerai"}, seconds=SECONDS)
    except NoAnswer as error:
        log.warning("breaches_not_checked", error=str(error))
        return False
    if answer.status != 200:
        log.warning("breaches_not_checked", error=f"http_{answer.status}")
        return False
    return _counts(answer.body.decode("ascii", "replace"), digest[PREFIX:])


def _counts(body: str, ending: str) -> bool:
    """Endings that only pad the answer are known nought times."""
    for line in body.splitlines():
        known, _, times = line.partition(":")
        if known.strip().upper() == ending:
            return times.strip().isdecimal() and int(times) > 0
    return False
