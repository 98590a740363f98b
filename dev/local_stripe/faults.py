"""All injected faults in one place, for tests and the control surface."""

from dataclasses import asdict
from typing import Any

from dev.local_stripe.api.faults import ApiFault, ApiFaults
from dev.local_stripe.webhooks.faults import FaultPlan, WebhookFaults


class Faults:
    def __init__(self, api: ApiFaults, plan: FaultPlan) -> None:
        self._api = api
        self._plan = plan

    def webhooks(
        self,
        *,
        drop: float = 0.0,
        duplicate: float = 0.0,
        shuffle: float = 0.0,
        delay_ms: int = 0,
        seed: int = 0,
    ) -> None:
        """From now on drop, double, mix or delay deliveries at these rates. Called without arguments it ends
        all of that."""
        faults = WebhookFaults(drop=drop, duplicate=duplicate, shuffle=shuffle, delay_ms=delay_ms, seed=seed)
        self._plan.set(faults)

    def api(
        self,
        *,
        method: str = "",
        path_prefix: str = "",
        status: int = 0,
        delay_ms: int = 0,
        close_before: bool = False,
        close_after_commit: bool = False,
        times: int = 1,
        remember: bool | None = None,
    ) -> None:
        """Disturb the next `times` API requests that match; see `ApiFault`."""
        fault = ApiFault(
            method=method,
            path_prefix=path_prefix,
            status=status,
            delay_ms=delay_ms,
            close_before=close_before,
            close_after_commit=close_after_commit,
            times=times,
            remember=remember,
        )
        self._api.add(fault)

    def clear(self) -> None:
        self._api.clear()
        self._plan.set(WebhookFaults())

    def configure(self, settings: dict[str, Any]) -> None:
        """What `POST /_local/faults` takes: {"clear": true, "webhooks": {...}, "api": {...} or [...]}."""
        if settings.get("clear"):
            self.clear()
        if "webhooks" in settings:
            self.webhooks(**settings["webhooks"])
        api = settings.get("api", [])
        for fault in [api] if isinstance(api, dict) else api:
            self.api(**fault)

    def describe(self) -> dict[str, Any]:
        return {
            "webhooks": asdict(self._plan.faults),
            "api": [asdict(fault) for fault in self._api.pending()],
        }
