from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from numerai.common.http.strict import StrictSerializer
from payments.models import Payment, Refund, RefundRequest, RequestState
from payments.money import AmountInvalid, to_decimal_string, to_minor_units
from payments.selectors.refunds import STATUSES, RefundStanding

# Stripe's clock ticks in seconds, and ours is not shown any finer beside it.
SECONDS = "%Y-%m-%dT%H:%M:%SZ"


class RefundWishSerializer(StrictSerializer):
    reason = serializers.CharField(min_length=1, max_length=500, help_text="Why, in the person's own words.")
    amount = serializers.RegexField(
        r"^[0-9]{1,12}(\.[0-9]{1,3})?$",
        required=False,
        allow_null=True,
        help_text="In major units, such as 4.50; all that is left without it.",
    )

    def minor_amount(self, payment: Payment) -> int | None:
        """What was asked for, in minor units of the payment's currency. Raises ValidationError."""
        text = self.validated_data.get("amount")
        if text is None:
            return None
        try:
            amount = to_minor_units(text, payment.currency)
        except AmountInvalid:
            amount = 0
        if amount == 0:
            message = f"This is no amount that can be paid in {payment.currency.upper()}."
            raise serializers.ValidationError({"amount": [message]})
        return amount


class RefundSerializer(serializers.ModelSerializer[Refund]):
    amount = serializers.SerializerMethodField(help_text="In major units.")
    created_at = serializers.DateTimeField(source="stripe_created_at")

    class Meta:
        model = Refund
        fields = ("id", "amount", "currency", "status", "created_at")
        read_only_fields = fields

    def get_amount(self, row: Refund) -> str:
        return to_decimal_string(row.amount, row.currency)


class RefundRequestSerializer(serializers.ModelSerializer[RefundRequest]):
    amount = serializers.SerializerMethodField(help_text="In major units.")
    state = serializers.ChoiceField(choices=RequestState.values)
    created_at = serializers.DateTimeField(format=SECONDS)
    decided_at = serializers.DateTimeField(format=SECONDS, allow_null=True)
    answer = serializers.SerializerMethodField(help_text="What was said about the decision.")

    class Meta:
        model = RefundRequest
        fields = ("id", "amount", "reason", "state", "answer", "created_at", "decided_at")
        read_only_fields = fields

    def get_amount(self, row: RefundRequest) -> str:
        return to_decimal_string(row.amount, self.context["currency"])

    def get_answer(self, row: RefundRequest) -> str:
        # Words for a decision that did not come about are nobody's yet.
        return row.answer if row.state in (RequestState.APPROVED, RequestState.REFUSED) else ""


class RefundStandingSerializer(serializers.Serializer[RefundStanding]):
    status = serializers.ChoiceField(choices=STATUSES)
    payment_id = serializers.UUIDField(source="payment.pk")
    currency = serializers.CharField(source="payment.currency")
    amount = serializers.SerializerMethodField(help_text="What was paid, in major units.")
    amount_refunded = serializers.SerializerMethodField(help_text="What was given back, in major units.")
    refundable = serializers.SerializerMethodField(help_text="What is left, in major units.")
    request = serializers.SerializerMethodField()
    refunds = RefundSerializer(many=True)

    def get_amount(self, standing: RefundStanding) -> str:
        return to_decimal_string(standing.payment.amount, standing.payment.currency)

    def get_amount_refunded(self, standing: RefundStanding) -> str:
        return to_decimal_string(standing.payment.amount_refunded, standing.payment.currency)

    def get_refundable(self, standing: RefundStanding) -> str:
        return to_decimal_string(standing.payment.refundable, standing.payment.currency)

    @extend_schema_field(RefundRequestSerializer(allow_null=True))
    def get_request(self, standing: RefundStanding) -> Any:
        if standing.request is None:
            return None
        return RefundRequestSerializer(standing.request, context={"currency": standing.payment.currency}).data
