from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from numerai.common import clock


class ActorKind(models.TextChoices):
    PERSON = "person"
    OPERATOR = "operator"
    STRIPE = "stripe"
    SYSTEM = "system"


class CauseKind(models.TextChoices):
    REQUEST = "request"
    EVENT = "event"
    OPERATION = "operation"
    RECONCILE = "reconcile"
    COMMAND = "command"


class AuditEntry(models.Model):
    """One change of a row that matters: who caused it, why, and what stood there before and after.

    Evidence, so triggers refuse to edit it and to remove it within seven years, and it names things by their ids
    instead of by foreign keys: it outlives them. The client's address is kept whole for the same reason.
    """

    at = models.DateTimeField(default=clock.now)
    actor_kind = models.CharField("actor", max_length=16, choices=ActorKind)
    actor_id = models.CharField("actor's id", max_length=255, blank=True, help_text="Empty for nobody in particular.")
    cause_kind = models.CharField("cause", max_length=16, choices=CauseKind)
    cause_id = models.CharField("cause's id", max_length=255, blank=True)
    action = models.CharField(max_length=64, help_text="created, updated, deleted, or what was done.")
    app = models.CharField(max_length=64)
    object_type = models.CharField("object", max_length=128, help_text="As in payments.refund.")
    object_id = models.CharField("object's id", max_length=255)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder, help_text="Only the columns that changed.")
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    request_id = models.CharField(max_length=64, blank=True)
    client_address = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name_plural = "audit entries"
        constraints = [
            models.CheckConstraint(condition=Q(actor_kind__in=ActorKind.values), name="common_audit_actor_known"),
            models.CheckConstraint(condition=Q(cause_kind__in=CauseKind.values), name="common_audit_cause_known"),
            models.CheckConstraint(
                condition=~Q(action="") & ~Q(object_type="") & ~Q(object_id=""), name="common_audit_says_what"
            ),
        ]
        indexes = [
            models.Index(fields=["-at"], name="common_audit_newest"),
            models.Index(fields=["object_id", "-at"], name="common_audit_of_object"),
            models.Index(fields=["cause_id"], name="common_audit_of_cause"),
            models.Index(fields=["request_id"], name="common_audit_of_request"),
        ]

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id} {self.action}"
