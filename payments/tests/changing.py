"""Somebody with a subscription who changes their mind, over the API; and everything that Stripe has, to compare."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import stripe
from django.db import connection
from time_machine import Traveller

from accounts.models import User
from conftest import Api
from dev.local_stripe import LocalStripe
from notifications.models import Notification
from payments.models import Subscription
from payments.services import create_subscription
from payments.tests.delivering import Deliver, difference, handle_all, wait_until

PATH = "/api/v1/payments/"
DAY = 86_400
MONTH = 31 * DAY
GOOD, DECLINED = "pm_card_visa", "pm_card_chargeCustomerFail"
ASKS = "pm_card_authenticationRequired"
KINDS = ("subscription", "subscription_schedule", "invoice", "payment_intent", "refund", "customer")


class Subscriber:
    """Bob at a plan, his browser, and a postman who brings every event that has not been brought."""

    def __init__(
        self,
        server: LocalStripe,
        browser: stripe.StripeClient,
        deliver: Deliver,
        user: User,
        api: Api,
        traveller: Traveller,
    ) -> None:
        self.server, self.browser, self.deliver, self.user = server, browser, deliver, user
        self._api, self._traveller, self._brought = api, traveller, 0

    def subscribe(self, plan: str = "premium", card: str = GOOD, **terms: Any) -> None:
        create_subscription(user=self.user, plan=plan, payment_method_id=card, **terms)
        self.bring()

    def post(self, what: str, *, key: str = "", **body: Any) -> Any:
        # A sign-in does not last as long as a month of a test.
        headers = {"Idempotency-Key": key} if key else {}
        return self._api(self.user).post(f"{PATH}{what}/", body, headers=headers)

    def post_while(self, meanwhile: Callable[[], object], what: str, **body: Any) -> Any:
        """Ask; once Stripe has got the request that is delayed, let something else happen."""

        def ask() -> Any:
            try:
                return self.post(what, **body)
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(ask)
            wait_until(lambda: not self.server.faults.configure({})["api"])
            meanwhile()
            return answer.result(60)

    def bring(self) -> None:
        events = self.server.events()
        for event in events[self._brought :]:
            self.deliver(event)
        self._brought = len(events)
        handle_all()
        self.user.refresh_from_db()
        assert difference(self.server) == []

    def pass_time(self, seconds: int) -> None:
        """Stripe's clock and ours go on together, and Stripe does what falls due; we hear nothing of it."""
        with self.server.world.lock:
            self.server.advance(seconds)
            self.server.world.offset -= seconds
            self._traveller.shift(seconds)

    def wait(self, seconds: int) -> None:
        self.pass_time(seconds)
        self.bring()

    def use_card(self, token: str) -> str:
        customer = self.row.customer.stripe_id
        card = self.browser.v1.payment_methods.attach(token, {"customer": customer})
        self.browser.v1.subscriptions.update(self.row.stripe_id, {"default_payment_method": card.id})
        return card.id

    @property
    def row(self) -> Subscription:
        return Subscription.objects.select_related("customer").order_by("-stripe_created_at")[0]

    @property
    def theirs(self) -> dict[str, Any]:
        return self.server.objects("subscription")[-1]

    @property
    def price(self) -> str:
        return str(self.theirs["items"]["data"][0]["price"]["id"])

    @property
    def plan(self) -> str:
        """What the person may use now."""
        self.user.refresh_from_db()
        return str(self.user.subscription_plan)

    def told(self, kind: str) -> list[dict[str, Any]]:
        return list(Notification.objects.filter(kind=kind).order_by("pk").values_list("data", flat=True))


def everything(server: LocalStripe) -> dict[str, list[dict[str, Any]]]:
    return {kind: server.objects(kind) for kind in KINDS}


def writes(server: LocalStripe) -> list[str]:
    """Every request so far that asked Stripe for a change."""
    return [f"{each.method} {each.path}" for each in server.requests if each.method != "GET"]


def ours() -> list[dict[str, Any]]:
    return [dict(values) for values in Subscription.objects.order_by("pk").values()]
