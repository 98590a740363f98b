"""What each plan unlocks, answered from the person alone: no query, no call to Stripe."""

from accounts.models import Plan, User
from numerai.common.errors import DomainError
from payments.catalogue import RANKS

FEATURES: dict[str, Plan] = {
    "core_numbers": Plan.FREE,
    "birth_chart": Plan.FREE,
    "daily_reading": Plan.FREE,
    "reading_any_date": Plan.BASIC,
    "life_path_analysis": Plan.BASIC,
    "compatibility": Plan.PREMIUM,
    "remedies": Plan.PREMIUM,
    "unlimited_chat": Plan.PREMIUM,
    "pdf_export": Plan.PREMIUM,
    "consultations": Plan.ELITE,
    "people_many": Plan.ELITE,
    "custom_report_templates": Plan.ELITE,
    "advanced_analytics": Plan.ELITE,
}
CHAT_MESSAGES_A_DAY: dict[Plan, int] = {Plan.FREE: 3, Plan.BASIC: 10}


class PlanRequired(DomainError):
    status, code, title = 402, "plan_required", "A higher plan is needed"
    detail = "Your plan does not include this."


def plan_of(user: User) -> Plan:
    """The plan whose features the person has at this moment."""
    return Plan(user.subscription_plan)


def has(user: User, feature: str) -> bool:
    """Whether the person's plan includes ``feature``; a name that FEATURES does not list is a KeyError."""
    return RANKS[plan_of(user)] >= RANKS[FEATURES[feature]]


def require(user: User, feature: str) -> None:
    """Raise PlanRequired (402) naming the lowest plan that has ``feature``, unless the person's plan includes it."""
    if not has(user, feature):
        plan = FEATURES[feature]
        detail = f"This is part of the {plan.label} plan. Upgrade to use it."
        raise PlanRequired(detail, extra={"feature": feature, "plan": plan.value})


def chat_messages_a_day(user: User) -> int | None:
    """How many chat messages the plan grants each day; None when there is no limit."""
    return CHAT_MESSAGES_A_DAY.get(plan_of(user))
