"""A person as chance has it: what they do with their subscription, their cards and their money, through our services;
what they do on the page; and what their bank and our operators do about them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import stripe

from accounts.models import User
from dev.local_stripe.world.errors import StripeError
from numerai.common import clock
from numerai.common.errors import DomainError
from payments import services
from payments.catalogue import OFFERS
from payments.models import Payment, RefundRequest, Subscription
from payments.models.refund import RequestState
from payments.tests.soak.goods import KIND, SHELF
from payments.tests.soak.town import Town

GOOD = ("pm_card_visa", "pm_card_visa", "pm_card_mastercard", "pm_card_amex", "pm_card_pendingRefund")
ODD = (
    "pm_card_authenticationRequired",
    "pm_card_authenticationRequiredOnSetup",
    "pm_card_chargeCustomerFail",
    "pm_card_chargeDeclined",
    "pm_card_chargeDeclinedInsufficientFunds",
    "pm_card_createDispute",
    "pm_card_createDisputeInquiry",
    "pm_card_createIssuerFraudRecord",
    "pm_card_refundFail",
    "pm_local_slow",
    "pm_local_slowDeclined",
)
DONE, NOTHING = "done", "nothing to do"

Act = Callable[[], object]


class NothingToDo(Exception):
    pass


class Person:
    def __init__(self, town: Town, user: User) -> None:
        self.town, self.user, self.random = town, user, town.random
        self.disputes: list[str] = []
        self.next_at = clock.now() + timedelta(days=self.random.uniform(0, 4))

    def act(self) -> None:
        """One thing, and often its answer is a refusal; whatever else is raised is a fault of ours."""
        self.next_at = clock.now() + timedelta(days=self.random.expovariate(1 / 5))
        acts = self._acts()
        act = self.random.choices(list(acts), weights=list(acts.values()))[0]
        self.town.disturb()
        self.town.count(act.__name__, self._outcome_of(act))

    def _outcome_of(self, act: Act) -> str:
        try:
            act()
        except NothingToDo:
            return NOTHING
        except DomainError as refusal:
            return refusal.code
        except StripeError as refusal:
            return f"the page: {refusal.body['error'].get('code', 'refused')}"
        except stripe.StripeError as refusal:
            if "local Stripe failed" in str(refusal):
                raise
            return f"the page: {refusal.code or type(refusal).__name__}"
        return DONE

    def _acts(self) -> dict[Act, int]:
        always: dict[Act, int] = {
            self.buy: 8, self.buy_on_stripes_page: 4, self.add_card: 3, self.remove_card: 2, self.look: 2,
            self.ask_for_refund: 3, self.operator_decides: 3, self.operator_gives_back: 2, self.dashboard_refund: 2,
            self.be_disputed: 1, self.dispute_ends: 3,
        }  # fmt: skip
        if self.standing() is None:
            return always | {self.subscribe: 26, self.subscribe_on_the_page: 10, self.subscribe_on_stripes_page: 10}
        return always | {
            self.change_plan: 14, self.preview: 3, self.cancel: 5, self.resume: 6, self.pause: 4,
            self.choose_card: 6, self.subscribe: 2, self.subscribe_on_stripes_page: 1, self.dashboard_ends: 1,
            self.dashboard_changes_silently: 2, self.dashboard_refunds_silently: 1,
        }  # fmt: skip

    # What is seen of oneself.

    def standing(self) -> Subscription | None:
        return Subscription.objects.standing().filter(user=self.user).first()

    def _subscription(self) -> Subscription:
        return self.standing() or self._nothing()

    def _payment(self) -> Payment:
        paid = Payment.objects.filter(user=self.user, status="succeeded", stripe_id__startswith="pi_")
        found = list(paid.order_by("-stripe_created_at"))
        return (found[0] if self._often() else self.random.choice(found)) if found else self._nothing()

    @staticmethod
    def _nothing() -> Any:
        raise NothingToDo

    def _often(self, chance: float = 0.7) -> bool:
        return self.random.random() < chance

    def _card(self) -> str:
        return self.random.choice(GOOD if self._often() else ODD)

    def _plan(self) -> str:
        return self.random.choice(list(OFFERS)).value

    def _key(self) -> dict[str, str]:
        """Some callers name their request, and some of those send it twice."""
        return {"client_key": f"key-{self.random.getrandbits(64)}"} if self._often(0.4) else {}

    def _ask(self, service: Callable[..., Any], **wanted: Any) -> Any:
        wanted |= self._key()
        answer = service(user=self.user, **wanted)
        if "client_key" in wanted and self._often(0.3):
            repeated = service(user=self.user, **wanted)
            assert getattr(repeated, "subscription_id", None) == getattr(answer, "subscription_id", None)
        return answer

    def _confirm(self, secret: str | None, *, card: str = "") -> None:
        """The page confirms what waits, and the customer takes part where the bank asks for it; or gives up."""
        if secret is None or not self._often(0.75):
            return
        intent_id = secret.partition("_secret_")[0]
        verbs = self.town.page.v1.setup_intents if intent_id.startswith("seti") else self.town.page.v1.payment_intents
        intent: Any = verbs.confirm(intent_id, {"payment_method": card or self._card()})
        if intent.status == "requires_action" and self._often(0.8):
            self.town.server.authenticate(intent_id, succeed=self._often(0.85))

    # What people do.

    def subscribe(self) -> None:
        trial = self._often(0.6)
        answer = self._ask(
            services.create_subscription, plan=self._plan(), payment_method_id=self._card(), wants_trial=trial
        )
        self._confirm(answer.client_secret)

    def subscribe_on_the_page(self) -> None:
        self._confirm(self._ask(services.create_subscription, plan=self._plan()).client_secret)

    def subscribe_on_stripes_page(self) -> None:
        self._pay_there(self._ask(services.create_checkout_session, plan=self._plan()).session_id)

    def buy_on_stripes_page(self) -> None:
        reference = str(self.random.randrange(SHELF))
        self._pay_there(self._ask(services.create_checkout_session, kind=KIND, reference=reference).session_id)

    def _pay_there(self, session: str) -> None:
        if self._often():
            self.town.server.pay_session(session, self._card(), authenticates=self._often(0.9))
        if self._often(0.5):
            services.retrieve_checkout_session(user=self.user, session_id=session)

    def buy(self) -> None:
        card = {"payment_method_id": self._card()} if self._often(0.5) else {}
        reference = str(self.random.randrange(SHELF))
        answer = self._ask(services.create_payment_intent, kind=KIND, reference=reference, **card)
        self._confirm(answer.client_secret)
        if self._often(0.5):
            services.retrieve_payment_intent(user=self.user, payment_intent_id=answer.payment_intent_id)

    def change_plan(self) -> None:
        answer = self._ask(services.change_plan, plan=self._plan(), goes_on=self._often(0.3))
        self._confirm(answer.client_secret)

    def preview(self) -> None:
        plan = self._plan()
        seen = services.preview_change(user=self.user, plan=plan)
        if self._often(0.5):
            answer = self._ask(services.change_plan, plan=plan, proration_date=seen.proration_date)
            self._confirm(answer.client_secret)

    def cancel(self) -> None:
        when = "period_end" if self._often() else "now"
        self._ask(services.cancel_subscription, when=when)

    def resume(self) -> None:
        self._confirm(self._ask(services.resume_subscription).client_secret)

    def pause(self) -> None:
        until = clock.now() + timedelta(days=self.random.randint(2, 50)) if self._often(0.6) else None
        self._ask(services.pause_subscription, resumes_at=until)

    def add_card(self) -> None:
        self._confirm(self._ask(services.add_payment_method).client_secret)

    def choose_card(self) -> None:
        self._ask(services.set_default_payment_method, payment_method_id=self._saved())

    def remove_card(self) -> None:
        self._ask(services.remove_payment_method, payment_method_id=self._saved())

    def _saved(self) -> str:
        saved = services.get_customer_payment_methods(self.user)
        return self.random.choice(saved).id if saved else self._nothing()

    def look(self) -> None:
        payment = self._payment()
        services.retrieve_payment_intent(user=self.user, payment_intent_id=payment.stripe_id)

    def ask_for_refund(self) -> None:
        payment = self._payment()
        amount = None if self._often() else self.random.randint(1, payment.amount)
        self._ask(services.request_refund, payment_id=payment.pk, reason="It was not for me.", amount=amount)

    # What others do about them.

    def operator_decides(self) -> None:
        request = RefundRequest.objects.filter(user=self.user, state=RequestState.OPEN).first() or self._nothing()
        if self._often():
            services.approve_refund_request(request, by=self.town.operator, end_subscription=self._often(0.3))
        else:
            services.refuse_refund_request(request, by=self.town.operator, answer="It is too late.")

    def operator_gives_back(self) -> None:
        payment = self._payment()
        amount = self.random.randint(1, max(1, payment.refundable)) if self._often() else None
        key = self._key().get("client_key", "")
        services.create_refund(payment=payment, amount=amount, actor=self.town.operator, client_key=key)

    def dashboard_refund(self) -> None:
        payment = self._payment()
        amount = self.random.randint(1, payment.amount)
        self.town.page.v1.refunds.create({"payment_intent": payment.stripe_id, "amount": amount})

    def dashboard_refunds_silently(self) -> None:
        payment = self._payment()
        with self.town.silently():
            self.town.page.v1.refunds.create({"payment_intent": payment.stripe_id, "amount": 1 + payment.amount // 9})

    def dashboard_ends(self) -> None:
        self.town.page.v1.subscriptions.cancel(self._subscription().stripe_id)

    def dashboard_changes_silently(self) -> None:
        row = self._subscription()
        with self.town.silently():
            if self._often(0.8):
                ends = not row.cancel_at_period_end
                self.town.page.v1.subscriptions.update(row.stripe_id, {"cancel_at_period_end": ends})
            else:
                self.town.page.v1.subscriptions.cancel(row.stripe_id)

    def be_disputed(self) -> None:
        payment = self._payment()
        theirs = self.town.server.world.all("dispute")
        if any(each["payment_intent"] == payment.stripe_id for each in theirs):
            self._nothing()
        status = "needs_response" if self._often() else "warning_needs_response"
        amount = payment.amount if self._often() else 1 + payment.amount // 2
        self.disputes.append(self.town.server.dispute(payment.stripe_id, status=status, amount=amount)["id"])

    def dispute_ends(self) -> None:
        if not self.disputes:
            self._nothing()
        dispute = self.random.choice(self.disputes)
        if self._often(0.2):
            self.town.server.escalate_dispute(dispute)
        else:
            self.town.server.close_dispute(dispute, self.random.choice(["won", "lost", "warning_closed"]))
