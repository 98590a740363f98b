"""The door: one local Stripe as an object."""

import threading
import traceback
from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from dev.local_stripe.api import Document, World
from dev.local_stripe.api.application import Application, RecordedRequest
from dev.local_stripe.api.faults import Faults
from dev.local_stripe.invoices.collection import settle_slow
from dev.local_stripe.registry import RESOURCES
from dev.local_stripe.resources import disputes
from dev.local_stripe.resources.catalogue import seed
from dev.local_stripe.resources.events import ENDPOINT_KIND, new_endpoint
from dev.local_stripe.resources.intents import authenticate
from dev.local_stripe.resources.paying import pay_session, settle_session
from dev.local_stripe.subscriptions.lifecycle import advance
from dev.local_stripe.web.control import Control
from dev.local_stripe.web.http import Server
from dev.local_stripe.webhooks import Dispatcher, overview, redeliver
from dev.local_stripe.world.storage import Storage
from dev.local_stripe.world.world import Policy

CONFIGURED_ENDPOINT = "we_configured"
TICK_SECONDS = 1.0
ACTS = (
    "authenticate settle_payment pay_session pay_session_slowly settle_session settle_refund dispute escalate_dispute "
    "close_dispute warn_of_fraud redeliver reset"
)


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
        self._webhook_url, self._webhook_secrets = webhook_url, webhook_secrets
        self.faults = Faults()
        self._application = Application(self.world, RESOURCES, self.faults)
        self._dispatcher = Dispatcher(self.world, retry_base_seconds, max_attempts)
        self.world.on_commit = self._dispatcher.take_up
        self.world.plan_delivery = self.faults.plan
        self._play()
        control = Control(self.world, self.faults, {name: getattr(self, name) for name in ACTS.split()})
        self._server = Server(port, self._application, control, self.world)
        self.url = self.world.base_url = f"http://127.0.0.1:{self._server.server_port}"
        self._stopping = threading.Event()
        serve = partial(self._server.serve_forever, poll_interval=0.02)
        self._threads = [threading.Thread(target=each, daemon=True) for each in (serve, self._tick)]

    def _play(self) -> None:
        """What time, customers and banks do; the functions themselves say how."""
        world = self.world
        self.now = world.now
        self.advance = partial(advance, world)
        self.authenticate = partial(authenticate, world)
        self.pay_session = partial(pay_session, world)
        self.pay_session_slowly = partial(pay_session, world, card="pm_local_slow")
        self.settle_session = partial(settle_session, world)
        self.settle_payment = partial(settle_slow, world)
        self.settle_refund = partial(disputes.settle_refund, world)
        self.dispute = partial(disputes.open_dispute, world)
        self.escalate_dispute = partial(disputes.escalate_dispute, world)
        self.close_dispute = partial(disputes.close_dispute, world)
        self.warn_of_fraud = partial(disputes.warn_of_fraud, world)
        self.deliveries = partial(overview, world)
        self.redeliver = partial(redeliver, world)

    @property
    def requests(self) -> list[RecordedRequest]:
        """Every API request so far."""
        return self._application.requests

    def start(self) -> "LocalStripe":
        self._furnish()
        self._dispatcher.start()
        for thread in self._threads:
            thread.start()
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

    def __exit__(self, *_: object) -> None:
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
            self.world.put(ENDPOINT_KIND, endpoint | {"id": CONFIGURED_ENDPOINT})

    def _tick(self) -> None:
        """What is due by the clock's own running, without anybody advancing it."""
        while not self._stopping.wait(TICK_SECONDS):
            try:
                self.advance(0)
            except Exception:
                traceback.print_exc()

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

    def mutate_silently(self) -> AbstractContextManager[None]:
        """What changes within, by requests, the clock or controls, emits no events."""
        return self.world.silence()

    def reset(self) -> None:
        """Back to the state of a first start; injected faults and the request log go too."""
        with self.world.lock:
            self._dispatcher.clear()
            self.world.clear()
            self.faults.clear()
            self._application.forget()
            self._furnish()
