"""Customers first, because everything else belongs to one."""

from collections.abc import Callable

import structlog

from numerai.common import clock
from payments import gateway, sync
from payments.gateway.listing import Listable, Listed, list_page
from payments.models import ReconcileRun, StripeCustomer
from payments.reconciling.comparing import record

log = structlog.get_logger(__name__)


def compare_customers(run: ReconcileRun, *, on_page: Callable[[], None]) -> int:
    """Link customers whose link was lost, and find those that are gone; answers how many Stripe has. Who is gone is
    known only once all have been seen, so this has no place to go on from: ``on_page`` is called while it works."""
    began, listed, after = clock.now(), set[str](), ""
    while True:
        page = list_page(Listable.CUSTOMER, after=after)
        known = StripeCustomer.objects.filter(stripe_id__in=[each.id for each in page.objects])
        linked = set(known.values_list("stripe_id", flat=True))
        for each in page.objects:
            if each.names_person and each.id not in linked:
                _link(run, each)
        listed.update(each.id for each in page.objects)
        on_page()
        if not page.has_more:
            break
        after = page.objects[-1].id
    standing = StripeCustomer.objects.filter(livemode=run.livemode, deleted_at__isnull=True, created_at__lt=began)
    for stripe_id in standing.values_list("stripe_id", flat=True).iterator():
        if stripe_id not in listed:
            compare_customer(run, stripe_id)
            on_page()
    return len(listed)


def compare_customer(run: ReconcileRun, stripe_id: str) -> None:
    """Note a customer that was deleted at Stripe although nobody told us."""
    try:
        is_gone = gateway.fetch_customer(stripe_id).is_deleted
    except gateway.ObjectMissing:
        is_gone = True
    if not is_gone:
        return
    if not run.is_dry_run:
        sync.sync_customer(stripe_id)
    ours, theirs = {"is_deleted": False}, {"is_deleted": True}
    record(run, Listable.CUSTOMER, stripe_id, ours, theirs, is_repaired=not run.is_dry_run)


def _link(run: ReconcileRun, each: Listed) -> None:
    """Customers of erased people, and those of another deployment under the same account, stay unlinked."""
    if not run.is_dry_run:
        try:
            sync.link_customer(gateway.fetch_customer(each.id))
        except sync.CustomerNotLinked:
            return
        record(run, Listable.CUSTOMER, each.id, {}, each.facts, is_repaired=True)
