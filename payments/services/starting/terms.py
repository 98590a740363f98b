"""On which terms a subscription starts: the promotion code that was entered, and the trial that may be had."""

from accounts.models import Plan, User
from numerai.common.errors import Conflict
from payments import gateway
from payments.catalogue import OFFERS
from payments.gateway import is_livemode
from payments.models import BillingOperation
from payments.services import operations
from payments.sync.people.trials import marks_of_card, marks_of_person, uses_of

REFUSED_TRIAL = "no"


class TrialUsed(Conflict):
    code, title = "trial_already_used", "The card has had its trial"
    detail = "This card has been used for a trial already. Start without a trial, or use another card."


def trial_days_for(user: User, plan: Plan) -> int:
    """How long a trial of ``plan`` the person would get now: one per person, also across accounts. No network."""
    days = OFFERS[plan].trial_days
    return 0 if days == 0 or uses_of(marks_of_person(user), livemode=is_livemode()) else days


def trials_open_to(user: User) -> dict[str, int]:
    """How many days of trial each plan would start with now. One query at most, none where no plan has a trial."""
    days = {plan.value: offer.trial_days for plan, offer in OFFERS.items()}
    if any(days.values()) and uses_of(marks_of_person(user), livemode=is_livemode()):
        return dict.fromkeys(days, 0)
    return days


def decide_terms(operation: BillingOperation, user: User, customer_id: str) -> None:
    """Note on the operation what it asks for, so that a repetition asks for the same.

    Before anything is changed. Raises PromotionCodeInvalid, PaymentMethodInvalid, TrialUsed, StripeUnavailable.
    """
    if operation.asked_at is not None or "trial_days" in operation.params:
        return
    promotion = _promotion(operation.params.get("promotion_code", ""), customer_id)
    days = 0
    if operation.params.get("trial") != REFUSED_TRIAL:
        days = trial_days_for(user, Plan(operation.params["plan"]))
    if days and operation.params["payment_method_id"]:
        _refuse_used_card(operation.params["payment_method_id"])
    operations.note(operation, promotion_code_id=promotion, trial_days=str(days))


def _promotion(code: str, customer_id: str) -> str:
    if not code:
        return ""
    found = gateway.find_promotion_code(code, customer_id=customer_id)
    if not found:
        raise gateway.PromotionCodeInvalid(field="promotion_code")
    return found


def _refuse_used_card(payment_method_id: str) -> None:
    try:
        card = gateway.fetch_payment_method(payment_method_id)
    except gateway.ObjectMissing as missing:
        raise gateway.PaymentMethodInvalid(field="payment_method_id") from missing
    if uses_of(marks_of_card(card.fingerprint), livemode=is_livemode()):
        raise TrialUsed(field="payment_method_id")
