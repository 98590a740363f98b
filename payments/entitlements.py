"""What each plan unlocks and how much of it, answered from the person alone: no query, no call to Stripe.

One table: a feature belongs to a plan and all that are higher, a limit has its own number for each plan.
"""

from dataclasses import dataclass

from accounts.models import Plan, User
from numerai.common.errors import DomainError
from payments.catalogue import RANKS


@dataclass(frozen=True)
class Feature:
    """``plan`` is the lowest that has it; ``sentence`` is how a page of prices names it."""

    plan: Plan
    sentence: str


@dataclass(frozen=True)
class Limit:
    """``grants`` says how much each plan has, None for as much as one likes. ``one``, ``some``, with ``{}`` for the
    number, and ``endless`` are how a page of prices names that; a plan that has none of it does not name it."""

    grants: dict[Plan, int | None]
    one: str
    some: str
    endless: str

    def sentence(self, plan: Plan) -> str:
        """What the plan has of it, "" for nothing."""
        granted = self.grants[plan]
        if granted is None:
            return self.endless
        return (self.one if granted == 1 else self.some).format(granted) if granted else ""


FEATURES: dict[str, Feature] = {
    "core_numbers": Feature(Plan.FREE, "Your own nine numbers"),
    "daily_reading": Feature(Plan.FREE, "Today's reading"),
    "birth_chart": Feature(Plan.FREE, "Your birth chart"),
    "reading_any_date": Feature(Plan.BASIC, "Readings for any date"),
    "weekly_reading": Feature(Plan.BASIC, "The reading of your week"),
    "monthly_reading": Feature(Plan.BASIC, "The reading of your month"),
    "life_path_analysis": Feature(Plan.BASIC, "Life path analysis"),
    "full_report": Feature(Plan.BASIC, "Your full report"),
    "whole_chart": Feature(Plan.BASIC, "Your whole chart with its grids"),
    "any_chart": Feature(Plan.BASIC, "Charts of any name and date"),
    "yearly_reading": Feature(Plan.PREMIUM, "The reading of your year"),
    "compatibility": Feature(Plan.PREMIUM, "Compatibility with others"),
    "remedies": Feature(Plan.PREMIUM, "Remedies"),
    "unlimited_chat": Feature(Plan.PREMIUM, "Unlimited AI chat"),
    "pdf_export": Feature(Plan.PREMIUM, "Reports as PDF"),
    "consultations": Feature(Plan.ELITE, "Consultations with experts"),
    "people_many": Feature(Plan.ELITE, "Analysis of several people together"),
    "custom_report_templates": Feature(Plan.ELITE, "Report templates of your own"),
    "advanced_analytics": Feature(Plan.ELITE, "Advanced analytics"),
}
LIMITS: dict[str, Limit] = {
    "chat_messages_a_day": Limit(
        {Plan.FREE: 3, Plan.BASIC: 10, Plan.PREMIUM: None, Plan.ELITE: None},
        one="1 AI chat message a day",
        some="{} AI chat messages a day",
        endless="As many AI chat messages as you like",
    ),
    "people": Limit(
        {Plan.FREE: 1, Plan.BASIC: 5, Plan.PREMIUM: 20, Plan.ELITE: 200},
        one="1 further person",
        some="{} further people",
        endless="As many further people as you like",
    ),
    "compatibility_checks_a_day": Limit(
        {Plan.FREE: 0, Plan.BASIC: 0, Plan.PREMIUM: 20, Plan.ELITE: None},
        one="1 compatibility check a day",
        some="{} compatibility checks a day",
        endless="As many compatibility checks as you like",
    ),
    "people_compared_at_once": Limit(
        {Plan.FREE: 0, Plan.BASIC: 0, Plan.PREMIUM: 2, Plan.ELITE: 12},
        one="1 person compared at once",
        some="{} people compared at once",
        endless="As many people compared at once as you like",
    ),
    "reading_days_from_today": Limit(
        {Plan.FREE: 0, Plan.BASIC: 366, Plan.PREMIUM: 366, Plan.ELITE: 366},
        one="Readings a day back and ahead",
        some="Readings up to {} days back and ahead",
        endless="Readings of every day",
    ),
}


class PlanRequired(DomainError):
    status, code, title = 402, "plan_required", "A higher plan is needed"
    detail = "Your plan does not include this."


class PlanLimitReached(DomainError):
    status, code, title = 402, "plan_limit_reached", "The plan grants no more of this"
    detail = "You have used what your plan grants."


def plan_of(user: User) -> Plan:
    """The plan whose features the person has at this moment."""
    return Plan(user.subscription_plan)


def has(user: User, feature: str) -> bool:
    """Whether the person's plan includes ``feature``; a name that FEATURES does not list is a KeyError."""
    return RANKS[plan_of(user)] >= RANKS[FEATURES[feature].plan]


def require(user: User, feature: str) -> None:
    """Raise PlanRequired (402) naming the lowest plan that has ``feature``, unless the person's plan includes it."""
    if not has(user, feature):
        plan = FEATURES[feature].plan
        detail = f"This is part of the {plan.label} plan. Upgrade to use it."
        raise PlanRequired(detail, extra={"feature": feature, "plan": plan.value})


def limit(user: User, name: str) -> int | None:
    """How much of it the person's plan grants, None without a limit; a name that LIMITS does not list is a KeyError."""
    return LIMITS[name].grants[plan_of(user)]


def most(name: str) -> int | None:
    """How much of it the plan grants that grants the most, None without a limit."""
    grants = LIMITS[name].grants.values()
    return None if None in grants else max(grant for grant in grants if grant is not None)


def require_within(user: User, name: str, *, used: int) -> None:
    """Raise PlanLimitReached (402), naming the lowest plan that grants more if there is one, when ``used`` leaves no
    room for one more."""
    granted = limit(user, name)
    if granted is None or used < granted:
        return
    enough = [plan for plan in RANKS if (more := LIMITS[name].grants[plan]) is None or more > used]
    detail = f"The {enough[0].label} plan grants more of this. Upgrade to go on." if enough else None
    plan = enough[0].value if enough else None
    raise PlanLimitReached(detail, extra={"limit": name, "granted": granted, "plan": plan})


def chat_messages_a_day(user: User) -> int | None:
    """How many chat messages the plan grants each day; None when there is no limit."""
    return limit(user, "chat_messages_a_day")
