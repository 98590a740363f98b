"""The door: one local Stripe as an object."""

import threading
import traceback
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any

from dev.local_stripe.api.application import Application, RecordedRequest
from dev.local_stripe.catalogue.seeding import seed
from dev.local_stripe.checkout.paying import pay_session, settle_session
from dev.local_stripe.faults import Faults
from dev.local_stripe.invoices.collection import settle_slow
from dev.local_stripe.invoices.invoicing import fail_finalization
from dev.local_stripe.payments.authentication import authenticate
from dev.local_stripe.payments.disputes import close_dispute, escalate_dispute, open_dispute, warn_of_fraud
from dev.local_stripe.payments.refunds import settle_refund
from dev.local_stripe.platform.webhook_endpoints import new_endpoint
from dev.local_stripe.registry import RESOURCES
from dev.local_stripe.subscriptions.lifecycle import advance
from dev.local_stripe.web.control import Control
from dev.local_stripe.web.http import Server
from dev.local_stripe.web.pages import Pages
from dev.local_stripe.web.site import LocalSite
from dev.local_stripe.webhooks.deliveries import overview, redeliver
from dev.local_stripe.webhooks.dispatcher import DeliverySettings, Dispatcher
from dev.local_stripe.webhooks.faults import FaultPlan
from dev.local_stripe.world.storage import Document, Storage
from dev.local_stripe.world.world import Policy, World

CONFIGURED_ENDPOINT = "we_configured"
TICK_SECONDS = 1.0


class LocalStripe:
    """A stateful Stripe on loopback.

    `port` 0 takes a free one. `webhook_url` receives every event, signed with each of `webhook_secrets`.
    `storage` is a path of a SQLite file that survives restarts; None keeps all in memory. `prices` maps basic,
    premium and elite to the price ids to create. Usable as a context manager.
    """

    def __init__(
        self,
        port: int = 0,
        webhook_url: str | None = None,
        webhook_secrets: tuple[str, ...] = ("whsec_local",),
        *,
        storage: str | Path | None = None,
        prices: Mapping[str, str] | None = None,
        retry_base_seconds: float = 1.0,
        max_attempts: int = 12,
        policy: Policy | None = None,
    ) -> None:
        renderers = {kind: found.render for kind, found in RESOURCES.items() if found.render is not None}
        self.world = World(storage=Storage(storage), policy=policy or Policy(), renderers=renderers)
        self._prices = dict(prices or {})
        self._webhook_url = webhook_url
        self._webhook_secrets = webhook_secrets
        plan = FaultPlan()
        self._application = Application(self.world, RESOURCES)
        self.faults = Faults(self._application.faults, plan)
        settings = DeliverySettings(retry_base_seconds=retry_base_seconds, max_attempts=max_attempts)
        self._dispatcher = Dispatcher(self.world, settings)
        self.world.on_commit = self._dispatcher.take_up
        self.world.plan_delivery = plan.apply
        site = LocalSite(self._application, Control(self.world, self.faults, self.reset), Pages(self.world))
        self._server = Server(("127.0.0.1", port), site)
        self.world.base_url = self.url
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def requests(self) -> list[RecordedRequest]:
        """Every API request so far."""
        return self._application.requests

    def start(self) -> "LocalStripe":
        self._furnish()
        self._dispatcher.start()
        for target in (self._serve, self._tick):
            thread = threading.Thread(target=target, name=f"local-stripe{target.__name__}", daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def stop(self) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.close_connections()
        self._server.server_close()
        self._dispatcher.stop()
        for thread in self._threads:
            thread.join()
        self.world.close()

    def __enter__(self) -> "LocalStripe":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _furnish(self) -> None:
        seed(self.world, self._prices)
        if self._webhook_url is not None:
            self.deliver_to(self._webhook_url, self._webhook_secrets)

    def deliver_to(self, url: str, secrets: tuple[str, ...]) -> None:
        """From now on every event goes to this receiver, instead of the one named before."""
        self._webhook_url, self._webhook_secrets = url, secrets
        endpoint = new_endpoint(self.world, url=url, secrets=secrets, events=["*"])
        with self.world.transaction():
            self.world.put("webhook_endpoint", endpoint | {"id": CONFIGURED_ENDPOINT})

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.02)

    def _tick(self) -> None:
        """What is due by the clock's own running, without anybody advancing it."""
        while not self._stopping.wait(TICK_SECONDS):
            try:
                advance(self.world, 0)
            except Exception:
                traceback.print_exc()

    def advance(self, seconds: int) -> None:
        """Moves the clock and does everything that falls due on the way."""
        advance(self.world, seconds)

    def now(self) -> int:
        return self.world.now()

    def wait_idle(self, timeout: float = 10.0) -> bool:
        """True once every delivery is settled; False when that takes longer than `timeout` seconds."""
        return self._dispatcher.wait_idle(timeout)

    def objects(self, kind: str) -> list[Document]:
        """All objects of a type as the API answers them, oldest first."""
        with self.world.lock:
            return [self.world.render(kind, document) for document in self.world.all(kind)]

    def events(self, type: str | None = None) -> list[Document]:
        """Events so far, oldest first, of one type if given."""
        return [event for event in self.objects("event") if type in (None, event["type"])]

    def authenticate(self, payment_intent: str, *, succeed: bool = True) -> Document:
        """Plays the customer who completes or fails 3-D Secure."""
        return authenticate(self.world, payment_intent, succeed=succeed)

    def settle_payment(self, payment_intent: str, *, succeed: bool | None = None) -> Document:
        """Plays the bank that answers late for a payment in process, by default as its test card says."""
        return settle_slow(self.world, payment_intent, succeed=succeed)

    def pay_session(self, session: str, card: str = "pm_card_visa", **details: Any) -> Document:
        """Plays the customer of a checkout session, as `paying.pay_session`; a decline raises `StripeError`."""
        return pay_session(self.world, session, card, **details)

    def pay_session_slowly(self, session: str) -> Document:
        """Completes a checkout session whose money is still on its way."""
        return pay_session(self.world, session, "pm_local_slow")

    def settle_session(self, session: str, *, succeed: bool = True) -> Document:
        """Plays the bank that answers late for a checkout session."""
        return settle_session(self.world, session, succeed=succeed)

    def settle_refund(self, refund: str, status: str = "", *, failure_reason: str = "unknown") -> Document:
        """Plays the bank: a refund succeeded, failed or canceled; by default what its test card stands for."""
        return settle_refund(self.world, refund, status, failure_reason)

    def dispute(self, paid: str, **details: Any) -> Document:
        """Plays the bank of who paid a charge or intent; `reason`, `status` and `amount` as in `open_dispute`."""
        return open_dispute(self.world, paid, **details)

    def escalate_dispute(self, dispute: str) -> Document:
        """Plays the bank that asked first and takes the money now."""
        return escalate_dispute(self.world, dispute)

    def close_dispute(self, dispute: str, status: str) -> Document:
        """Plays the bank's decision: won, lost, warning_closed or prevented."""
        return close_dispute(self.world, dispute, status)

    def warn_of_fraud(self, paid: str) -> Document:
        """Plays the bank that doubts a charge or intent."""
        return warn_of_fraud(self.world, paid)

    def fail_finalization(self, customer: str, *, fail: bool = True) -> None:
        """From now on no invoice of the customer can be finalized; with `fail` False, every one again."""
        fail_finalization(self.world, customer, fail=fail)

    def mutate_silently(self) -> AbstractContextManager[None]:
        """What changes within, by requests, the clock or controls, emits no events."""
        return self.world.silence()

    def deliveries(self) -> list[Document]:
        """Every delivery with its state, attempts and last status, oldest first."""
        return overview(self.world)

    def redeliver(self, event: str) -> None:
        redeliver(self.world, event)

    def reset(self) -> None:
        """Back to the state of a first start; injected faults and the request log go too."""
        with self.world.lock:
            self._dispatcher.clear()
            self.world.clear()
            self.faults.clear()
            self._application.forget()
            self._furnish()
