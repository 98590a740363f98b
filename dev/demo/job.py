"""The steps of the main job. Each answers, in a few words, what it found."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import requests

from dev.demo.frontend import Frontend, StepFailed, eventually, expect
from dev.demo.operator import Operator
from dev.demo.product import compare, keep_somebody, practise
from dev.services import local_run

NUMBERS = (
    "life_path_number",
    "destiny_number",
    "soul_urge_number",
    "personality_number",
    "attitude_number",
    "maturity_number",
    "balance_number",
    "personal_year_number",
    "personal_month_number",
)
LIFE_PATH = 7

__all__ = ["STEPS", "StepFailed"]


def register(frontend: Frontend, operator: Operator) -> str:
    answer = frontend.call(
        "POST",
        "/auth/register/",
        201,
        email=frontend.email,
        password=frontend.password,
        confirm_password=frontend.password,
        full_name=frontend.full_name,
        date_of_birth=frontend.date_of_birth,
        timezone=frontend.timezone,
    )
    return str(answer["message"])


def verify(frontend: Frontend, operator: Operator) -> str:
    code = eventually(frontend.newest_code, "A mail with the one-time code")
    answer = frontend.call("POST", "/auth/verify-otp/", 200, email=frontend.email, otp=code)
    expect(answer["user"]["is_verified"], True, "is_verified")
    expect(answer["user"]["is_premium"], False, "is_premium")
    frontend.sign_in(answer["access_token"])
    return f"code {code} from the mailbox"


def profile(frontend: Frontend, operator: Operator) -> str:
    answer = frontend.call("GET", "/users/profile/", 200)
    expect(answer["user"]["full_name"], frontend.full_name, "full_name")
    expect(answer["date_of_birth"], frontend.date_of_birth, "date_of_birth")
    return f"{answer['user']['full_name']}, {answer['timezone']}"


def nine_numbers(frontend: Frontend, operator: Operator) -> str:
    answer = frontend.call("POST", "/numerology/calculate/", 200, system="pythagorean")
    expect(answer["profile"]["life_path_number"], LIFE_PATH, "life_path_number")
    expect(frontend.call("GET", "/numerology/profile/", 200)["life_path_number"], LIFE_PATH, "life_path_number")
    return ", ".join(str(answer["profile"][name]) for name in NUMBERS)


def birth_chart(frontend: Frontend, operator: Operator) -> str:
    texts = frontend.call("GET", "/numerology/birth-chart/", 200)["interpretations"]
    expect(sorted(texts), sorted(NUMBERS), "The interpretations")
    return f"“{texts['life_path_number']['title']}” and eight more"


def subscribe(frontend: Frontend, operator: Operator) -> str:
    answer = frontend.call(
        "POST", "/payments/create-subscription/", 201, plan="premium", payment_method_id="pm_card_visa"
    )
    expect(answer["status"], "active", "The subscription's status")
    return str(answer["message"])


def webhook_handled(frontend: Frontend, operator: Operator) -> str:
    status = frontend.call("GET", "/payments/subscription-status/", 200)
    expect(status["has_subscription"], True, "has_subscription")
    event_id = eventually(lambda: _delivered_event(frontend), "The delivery of invoice.paid")
    operator.sign_in()
    eventually(lambda: operator.sees_event("processed", event_id), f"The handling of {event_id} by a worker")
    return f"{event_id} delivered, stored, handled"


def _delivered_event(frontend: Frontend) -> str | None:
    """The person's invoice.paid in the local Stripe, once our endpoint has acknowledged it."""
    stripe = f"http://127.0.0.1:{local_run()['STRIPE_PORT']}"
    key = {"Authorization": "Bearer sk_test_local"}
    events = requests.get(f"{stripe}/v1/events?type=invoice.paid", headers=key, timeout=10).json()["data"]
    mine = {event["id"] for event in events if event["data"]["object"]["customer_email"] == frontend.email}
    deliveries = requests.get(f"{stripe}/_local/deliveries", timeout=10).json()["data"]
    delivered = (delivery["event"] for delivery in deliveries if delivery["delivered_at"])
    return next((event for event in delivered if event in mine), None)


def premium(frontend: Frontend, operator: Operator) -> str:
    user = frontend.call("GET", "/users/profile/", 200)["user"]
    expect(user["is_premium"], True, "is_premium")
    return f"is_premium is true, plan {user['subscription_plan']}"


def notified(frontend: Frontend, operator: Operator) -> str:
    eventually(lambda: frontend.call("GET", "/notifications/unread-count/", 200)["count"], "An unread notification")
    expect(frontend.call("GET", "/notifications/unread-count/", 200)["count"], 1, "The unread count")
    page = frontend.call("GET", "/notifications/", 200)
    expect(page["count"], 1, "The centre's count")
    return f"“{page['results'][0]['title']}”, unread count 1"


def reading(frontend: Frontend, operator: Operator) -> str:
    answer = frontend.call("GET", "/numerology/daily-reading/", 200)
    expect(answer["reading_date"], datetime.now(ZoneInfo(frontend.timezone)).date().isoformat(), "reading_date")
    return f"{answer['reading_date']}: {answer['affirmation']}"


def billing_history(frontend: Frontend, operator: Operator) -> str:
    page = eventually(lambda: _page_with_an_entry(frontend), "An entry in the billing history")
    entry = page["results"][0]
    expect(page["count"], 1, "The number of entries")
    expect(entry["amount"], "19.99", "The amount")
    return f"{entry['amount']} {entry['currency']}, {entry['description']}"


def _page_with_an_entry(frontend: Frontend) -> dict[str, list[dict[str, str]]] | None:
    page = frontend.call("GET", "/payments/billing-history/", 200)
    return page if page["count"] else None


STEPS: tuple[tuple[str, Callable[[Frontend, Operator], str]], ...] = (
    ("register", register),
    ("verify", verify),
    ("profile", profile),
    ("nine numbers", nine_numbers),
    ("birth chart", birth_chart),
    ("subscribe to premium with a test card", subscribe),
    ("webhook", webhook_handled),
    ("premium", premium),
    ("notification", notified),
    ("today's reading", reading),
    ("billing history", billing_history),
    ("somebody one knows", keep_somebody),
    ("compatibility", compare),
    ("a remedy", practise),
)
