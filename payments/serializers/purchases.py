from typing import Any

from rest_framework import serializers

from numerai.common.http.fields import PickedDateField
from numerai.common.http.strict import StrictSerializer
from payments.models import CheckoutSession, Fulfilment, Payment
from payments.money import to_decimal_string
from payments.purchasables import KIND
from payments.serializers.subscriptions import SOLD
from payments.services.selling.wanted import RETURN_PAGE

STATUSES = (
    "requires_payment_method",
    "requires_confirmation",
    "requires_action",
    "processing",
    "succeeded",
    "canceled",
)
# A path of the frontend: nothing that a browser would take for another host, nothing that Stripe would fill in, and
# only what stands in an address as it is, because Stripe refuses everything else.
PATH = r"^/(?!/)[!\"$-\[\]-z|~]*$"
METHOD = r"^pm_[A-Za-z0-9_]+$"


class KindField(serializers.RegexField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(regex=rf"^{KIND.pattern}$", **kwargs)


class CreatePaymentRequestSerializer(StrictSerializer):
    kind = KindField(help_text="What sort of thing is bought, such as tournament_entry.")
    reference = serializers.CharField(max_length=255, help_text="The id of what is bought.")
    payment_method_id = serializers.RegexField(
        METHOD,
        required=False,
        allow_blank=True,
        allow_null=True,
        max_length=255,
        help_text="Charged at once. Without it the page confirms the payment with the client secret.",
    )
    amount = serializers.CharField(
        required=False, max_length=20, help_text="What the page shows, in major units; another price is a 409."
    )
    currency = serializers.RegexField(r"^[A-Za-z]{3}$", required=False, help_text="What the page shows.")

    def validate_currency(self, value: str) -> str:
        return value.lower()


class NewPaymentSerializer(serializers.Serializer[Any]):
    payment_id = serializers.UUIDField()
    payment_intent_id = serializers.CharField()
    client_secret = serializers.CharField(allow_null=True, help_text="For Stripe.js, while it is to be confirmed.")
    status = serializers.CharField(help_text="Stripe's word, such as requires_payment_method or succeeded.")
    amount = serializers.CharField(help_text="In major units, such as 19.99.")
    currency = serializers.CharField()


class CreateCheckoutRequestSerializer(StrictSerializer):
    kind = KindField(required=False)
    reference = serializers.CharField(required=False, max_length=255)
    plan = serializers.ChoiceField(choices=SOLD, required=False)
    success_path = serializers.RegexField(
        PATH,
        default=RETURN_PAGE,
        max_length=500,
        help_text="Where on the frontend Stripe's page leads; session_id is added to its query.",
    )
    cancel_path = serializers.RegexField(PATH, default=RETURN_PAGE, max_length=500)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        is_thing = "kind" in attrs and "reference" in attrs
        is_plan = "plan" in attrs
        if is_thing == is_plan or ("kind" in attrs) != ("reference" in attrs):
            raise serializers.ValidationError("Name either a plan, or a kind and a reference.")
        return attrs


class NewCheckoutSerializer(serializers.Serializer[Any]):
    session_id = serializers.CharField()
    url = serializers.URLField(help_text="Stripe's page, to which the browser goes.")
    expires_at = serializers.DateTimeField()


class PaymentSerializer(serializers.ModelSerializer[Payment]):
    payment_intent_id = serializers.CharField(source="stripe_id")
    amount = serializers.SerializerMethodField(help_text="In major units, such as 19.99.")
    amount_refunded = serializers.SerializerMethodField(help_text="In major units.")
    is_fulfilled = serializers.SerializerMethodField(help_text="Whether what was paid for has been handed over.")
    created_at = serializers.DateTimeField(source="stripe_created_at")
    receipt_url = serializers.CharField(allow_blank=True, help_text='"" until there is a receipt.')

    class Meta:
        model = Payment
        fields = (
            "id",
            "payment_intent_id",
            "kind",
            "reference",
            "description",
            "amount",
            "amount_refunded",
            "currency",
            "status",
            "is_fulfilled",
            "receipt_url",
            "paid_at",
            "created_at",
        )
        read_only_fields = fields

    def get_amount(self, row: Payment) -> str:
        return to_decimal_string(row.amount, row.currency)

    def get_amount_refunded(self, row: Payment) -> str:
        return to_decimal_string(row.amount_refunded, row.currency)

    def get_is_fulfilled(self, row: Payment) -> bool:
        return row.fulfilment == Fulfilment.FULFILLED


class PaymentPageSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = PaymentSerializer(many=True)


class PaymentStatusSerializer(serializers.Serializer[Any]):
    is_verified = serializers.BooleanField(help_text="False while Stripe is away: the last that is known.")
    payment = PaymentSerializer()


class CheckoutSerializer(serializers.ModelSerializer[CheckoutSession]):
    session_id = serializers.CharField(source="stripe_id")
    amount = serializers.SerializerMethodField(help_text="In major units.")
    payment = PaymentSerializer(allow_null=True)
    subscription_id = serializers.UUIDField(allow_null=True)
    subscription_status = serializers.CharField(source="subscription.status", default=None, allow_null=True)

    class Meta:
        model = CheckoutSession
        fields = (
            "id",
            "session_id",
            "kind",
            "reference",
            "plan",
            "description",
            "amount",
            "currency",
            "status",
            "payment_status",
            "payment",
            "subscription_id",
            "subscription_status",
            "expires_at",
        )
        read_only_fields = fields

    def get_amount(self, row: CheckoutSession) -> str:
        return to_decimal_string(row.amount, row.currency)


class CheckoutStatusSerializer(serializers.Serializer[Any]):
    is_verified = serializers.BooleanField(help_text="False while Stripe is away: the last that is known.")
    checkout = CheckoutSerializer()


class PaymentFilterSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=STATUSES, required=False)
    kind = KindField(required=False)
    to = PickedDateField(required=False)

    def get_fields(self) -> dict[str, Any]:
        # "from" is no name that Python lets a class have.
        return super().get_fields() | {"from": PickedDateField(required=False)}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "from" in attrs and "to" in attrs and attrs["from"] > attrs["to"]:
            raise serializers.ValidationError({"to": ["The last day must not be before the first."]})
        return attrs
