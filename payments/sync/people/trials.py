"""Who has had a trial: remembered by keyed hashes, so that a new account with the same address or card gets no second
one, and nobody can read from them whose they are."""

from collections.abc import Iterable

import structlog
from django.conf import settings
from django.utils.crypto import salted_hmac

from accounts.limits import mailbox_of
from accounts.models import User
from numerai.common import audit
from payments.gateway import SubscriptionView
from payments.models import StripeCustomer, TrialUse
from payments.sync.rows import first_columns

log = structlog.get_logger(__name__)

Mark = tuple[TrialUse.Kind, str]


def marks_of_person(user: User) -> list[Mark]:
    """What the person is known by: themselves, their mailbox, their telephone."""
    names = [f"id:{user.pk}"]
    if user.email:
        names.append(f"email:{mailbox_of(user.email.lower())}")
    if user.phone:
        names.append(f"phone:{user.phone}")
    return [(TrialUse.Kind.PERSON, name) for name in names]


def marks_of_card(fingerprint: str) -> list[Mark]:
    return [(TrialUse.Kind.CARD, fingerprint)] if fingerprint else []


def uses_of(marks: Iterable[Mark], *, livemode: bool) -> list[TrialUse]:
    """The trials that were had under any of these marks, also under secret keys that have been replaced."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [_digest(mark, key) for mark in marks for key in keys]
    return list(TrialUse.objects.filter(digest__in=digests, livemode=livemode))


def note_trial(view: SubscriptionView, owner: StripeCustomer) -> None:
    """Inside the transaction that mirrors the subscription."""
    if view.trial_end is None:
        return
    card = marks_of_card(view.card_fingerprint)
    if any(use.subscription_stripe_id != view.id for use in uses_of(card, livemode=view.livemode)):
        log.warning("trial_card_used_before", subscription=view.id)
    user = User.objects.filter(pk=owner.user_id).first() if owner.user_id else None
    for mark in (marks_of_person(user) if user else []) + card:
        _note(mark, view)


def _note(mark: Mark, view: SubscriptionView) -> None:
    kind, digest = mark[0], _digest(mark, settings.SECRET_KEY)
    row = TrialUse(kind=kind, digest=digest, livemode=view.livemode, subscription_stripe_id=view.id)
    TrialUse.objects.bulk_create([row], ignore_conflicts=True)
    if TrialUse.objects.filter(pk=row.pk).exists():
        audit.record(TrialUse, row.pk, action=audit.CREATED, before={}, after=first_columns(row))


def _digest(mark: Mark, key: str | bytes) -> str:
    kind, name = mark
    return salted_hmac("payments.trials", f"{kind.value}:{name}", secret=key, algorithm="sha256").hexdigest()
