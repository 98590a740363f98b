from django.db import models
from django.db.models import Q


class EntryKind(models.TextChoices):
    PAYMENT = "payment"
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    DISPUTE_WITHDRAWN = "dispute_withdrawn"
    DISPUTE_REINSTATED = "dispute_reinstated"


class LedgerEntry(models.Model):
    """One movement of money between a customer and us, written once and never changed.

    ``amount`` is positive when it came to us; ``source`` is Stripe's id of what moved it. The entries of a payment
    add up to what is left of it.
    """

    id = models.BigAutoField(primary_key=True)
    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="ledger")
    kind = models.CharField(max_length=32, choices=EntryKind)
    source = models.CharField(max_length=255)
    amount = models.BigIntegerField(help_text="In minor units; negative when it left us.")
    currency = models.CharField(max_length=3)
    livemode = models.BooleanField("live money")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "ledger entries"
        constraints = [
            models.UniqueConstraint(fields=["kind", "source"], name="payments_ledger_once"),
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="payments_ledger_kind_known"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[a-z]{3}$"), name="payments_ledger_currency_iso"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, kind__in=["payment", "refund_failed", "dispute_reinstated"])
                | Q(amount__lte=0, kind__in=["refund", "dispute_withdrawn"]),
                name="payments_ledger_sign",
            ),
        ]
        indexes = [models.Index(fields=["-created_at"], name="payments_ledger_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"
