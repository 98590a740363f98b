"""Two people compared and kept, and a group compared and not kept."""

import json
from dataclasses import asdict
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from numerai.common import clock
from numerai.common.errors import NotFound
from numerology.compatibility.composition import compose, texts_version
from numerology.compatibility.models import CompatibilityCheck, CompatibilityTally
from numerology.compatibility.selectors import checks_of
from numerology.compatibility.sides import Me, Side, me
from numerology.engine import VERSION
from numerology.engine.compatibility.score import SCORE_VERSION, compatibility
from payments import entitlements

FEATURE = "compatibility"
DAILY = "compatibility_checks_a_day"


def check(
    *, user: User, partner: Side, relationship: str, system: str | None = None
) -> tuple[CompatibilityCheck, bool]:
    """Compare the person with ``partner`` and keep what comes of it; also answers whether that is new.

    What was compared today already is given again and counts once. ``system`` is by default that of the person's own
    numbers. Raises PlanRequired, PlanLimitReached and the refusals of `numerology.errors`.
    """
    entitlements.require(user, FEATURE)
    mine = me(user)
    compared = _compared(mine, partner, relationship=relationship, system=system or mine.system)
    with transaction.atomic():
        tally = _held(user, mine.today)
        known = checks_of(user).filter(checked_on=mine.today, fingerprint=compared["fingerprint"]).first()
        if known is not None:
            return known, False
        entitlements.require_within(user, DAILY, used=tally.used)
        row = CompatibilityCheck.objects.create(user=user, checked_on=mine.today, created_at=clock.now(), **compared)
        tally.used += 1
        tally.save(update_fields=["day", "used"])
    return row, True


def delete(*, user: User, check_id: UUID) -> None:
    """Forget a check. Raises NotFound, also for one of somebody else."""
    deleted, _ = checks_of(user).filter(pk=check_id).delete()
    if not deleted:
        raise NotFound


def _held(user: User, today: date) -> CompatibilityTally:
    """The person's tally for today, held until the end of the transaction.

    A day never goes back, so moving to another time zone starts no second one.
    """
    held = CompatibilityTally.objects.select_for_update().filter(user=user)
    tally = held.first()
    if tally is None:
        CompatibilityTally.objects.bulk_create([CompatibilityTally(user=user, day=today)], ignore_conflicts=True)
        tally = held.get()
    if today > tally.day:
        tally.day, tally.used = today, 0
    return tally


def _compared(mine: Me, partner: Side, *, relationship: str, system: str) -> dict[str, Any]:
    """The columns of a check that say what was compared and what came of it."""
    yours, theirs = mine.side.numbers(system), partner.numbers(system)
    result = compatibility(yours, theirs, relationship)
    inputs = {
        "full_name": mine.side.name,
        "latin_name": mine.side.latin_name,
        "birth_date": mine.side.birth_date,
        "partner_name": partner.name,
        "partner_latin_name": partner.latin_name,
        "partner_birth_date": partner.birth_date,
        "relationship_type": relationship,
        "calculation_system": system,
        "engine_version": VERSION,
        "score_version": SCORE_VERSION,
        "content_version": texts_version(),
    }
    return {
        **inputs,
        **asdict(compose(result, yours, theirs)),
        "compatibility_score": result.score,
        "fingerprint": sha256(json.dumps(inputs, default=str).encode()).hexdigest(),
    }
