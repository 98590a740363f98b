"""The figures of a soak."""

import sys
from collections import Counter

from payments.models import (
    BillingHistory,
    BillingOperation,
    Dispute,
    Payment,
    ReconcileRun,
    Refund,
    Subscription,
    WebhookEvent,
)
from payments.tests.soak.drifts import by_explanation
from payments.tests.soak.life import Life


def report(life: Life, run: ReconcileRun, *, wall_seconds: float) -> None:
    """Print them, to where pytest does not look when the soak is large."""
    print("\n".join(figures(life, run, wall_seconds)), file=sys.__stdout__ if not life.size.is_small else sys.stdout)


def figures(life: Life, run: ReconcileRun, wall_seconds: float) -> list[str]:
    size, town = life.size, life.town
    deliveries = Counter(each["state"] for each in town.server.deliveries())
    handled = Counter(WebhookEvent.objects.values_list("state", flat=True))
    attempts = sum(WebhookEvent.objects.values_list("attempts", flat=True))
    operations = Counter(BillingOperation.objects.values_list("kind", "state"))
    models = (Subscription, BillingHistory, Payment, Refund, Dispute)
    objects = ", ".join(f"{model.objects.count()} {model._meta.verbose_name_plural}" for model in models)
    acts = sum(town.outcomes.values())
    done = sum(count for (_, outcome), count in town.outcomes.items() if outcome == "done")
    return [
        "",
        f"{size.people} people, {size.days} days, seed {size.seed}: {acts} acts, {done} of them done; {objects}",
        f"events: {sum(deliveries.values())} made, {deliveries['dropped']} dropped, {deliveries['delivered']} "
        "delivered "
        f"twice in any order; in the inbox: {dict(handled)}, {attempts} attempts",
        f"processes killed: {life.workers.killed}; faults of the API: {dict(town.faults)}",
        f"compared {run.objects_compared} objects in {life.reconcile_seconds:.1f} s, "
        f"{run.drifts.count()} differences, {run.drifts.filter(is_repaired=True).count()} repaired:",
        *(f"  {count} {what}" for what, count in by_explanation(run)),
        "operations:",
        *(f"  {kind} {state}: {count}" for (kind, state), count in sorted(operations.items())),
        "acts:",
        *(f"  {act}, {outcome}: {count}" for (act, outcome), count in sorted(town.outcomes.items())),
        f"{wall_seconds:.0f} s",
    ]
