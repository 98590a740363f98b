"""All injected faults in one place, for tests and the control surface."""

from dataclasses import asdict
from typing import Any

from dev.local_stripe.api.faults import ApiFault, ApiFaults
from dev.local_stripe.webhooks.faults import FaultPlan, WebhookFaults


class Faults:
    def __init__(self, api: ApiFaults, plan: FaultPlan) -> None:
        self._api = api
        self._plan = plan

    def webhooks(self, **rates: Any) -> None:
        """From now on disturb deliveries as `WebhookFaults` says; without arguments, no more."""
        self._plan.set(WebhookFaults(**rates))

    def api(self, **fault: Any) -> None:
        """Disturb the next requests that match, as `ApiFault` says."""
        self._api.add(ApiFault(**fault))

    def clear(self) -> None:
        self._api.clear()
        self._plan.set(WebhookFaults())

    def configure(self, settings: dict[str, Any]) -> dict[str, Any]:
        """What `POST /_local/faults` takes: {"clear": true, "webhooks": {...}, "api": {...} or [...]}. Returns
        what is in force."""
        if settings.get("clear"):
            self.clear()
        if "webhooks" in settings:
            self.webhooks(**settings["webhooks"])
        api = settings.get("api", [])
        for fault in [api] if isinstance(api, dict) else api:
            self.api(**fault)
        return {
            "webhooks": asdict(self._plan.faults),
            "api": [asdict(fault) for fault in self._api.pending()],
        }
