import uuid
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q


class OperationKind(models.TextChoices):
    CREATE_CUSTOMER = "create_customer"
    CREATE_SUBSCRIPTION = "create_subscription"
    CHANGE_PLAN = "change_plan"
    CANCEL_SUBSCRIPTION = "cancel_subscription"
    RESUME_SUBSCRIPTION = "resume_subscription"
    PAUSE_SUBSCRIPTION = "pause_subscription"
    CREATE_PAYMENT = "create_payment"
    CREATE_CHECKOUT = "create_checkout"
    CREATE_REFUND = "create_refund"
    ADD_PAYMENT_METHOD = "add_payment_method"
    REMOVE_PAYMENT_METHOD = "remove_payment_method"
    SET_DEFAULT_PAYMENT_METHOD = "set_default_payment_method"
    PAY_INVOICE = "pay_invoice"
    CREATE_PORTAL_SESSION = "create_portal_session"


class OperationState(models.TextChoices):
    RUNNING = "running"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


UNSETTLED = (OperationState.RUNNING, OperationState.UNKNOWN)


class BillingOperation(models.Model):
    """A change asked of Stripe, written down and committed before the first call.

    Its id is the idempotency key, so a caller who asks again after a lost answer cannot make a second object, and it
    stands in the metadata of what was made, so that it can be found. ``unknown`` means that no answer came: somebody
    has to look. Parameters are kept because the same key demands the same parameters, whatever the person has changed
    since.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=32, choices=OperationKind)
    livemode = models.BooleanField("live money")
    client_key = models.CharField(max_length=255, blank=True, help_text="The caller's Idempotency-Key.")
    fingerprint = models.CharField(max_length=64)
    params = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(max_length=16, choices=OperationState, default=OperationState.RUNNING)
    result = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    asked_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When Stripe was last asked for what the operation is about; empty while nothing can have been made.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "client_key"], condition=~Q(client_key=""), name="payments_operation_client_key_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=OperationKind.values), name="payments_operation_kind_known"),
            models.CheckConstraint(condition=Q(state__in=OperationState.values), name="payments_operation_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=UNSETTLED, finished_at__isnull=True)
                | (~Q(state__in=UNSETTLED) & Q(finished_at__isnull=False)),
                name="payments_operation_finished_has_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "kind"], condition=Q(state__in=UNSETTLED), name="payments_operation_unsettled"
            ),
            models.Index(fields=["-created_at"], name="payments_operation_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    def key(self, step: str = "") -> str:
        """The idempotency key of this operation's call, or of one of its further ``step``s."""
        return f"{self.id}:{step}" if step else str(self.id)

    def result_of(self, name: str) -> Any:
        return (self.result or {}).get(name)
