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


class Seal(models.Model):
    """A link of the chain over all evidence: what stood in a range of rows of one table when it was sealed.

    Each seal holds the digest of the one before, so that neither a row nor a seal can be changed, removed or slipped in
    without breaking the chain. ``leaves`` is 40 bytes a row, its id and the digest of its canonical form.
    """

    number = models.BigIntegerField(primary_key=True, help_text="From 1, without a gap.")
    at = models.DateTimeField("made at", default=clock.now)
    table = models.CharField(max_length=128, help_text="As in common.auditentry.")
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    newest_at = models.DateTimeField("newest row's moment")
    columns = models.TextField(help_text="Which columns of a row are sealed; one that is added later is not.")
    leaves = models.BinaryField(editable=False)
    rows_digest = models.CharField("digest of the rows", max_length=64)
    previous = models.CharField("digest of the seal before", max_length=64, unique=True)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(number__gte=1, rows__gte=1, first_id__lte=models.F("last_id")), name="common_seal_of_rows"
            ),
            models.UniqueConstraint(fields=["table", "last_id"], name="common_seal_once"),
        ]
        indexes = [models.Index(fields=["at"], name="common_seal_made")]

    def __str__(self) -> str:
        return f"Seal {self.number} of {self.table}"
