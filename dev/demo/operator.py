import re

import requests

from dev.demo.frontend import StepFailed
from dev.demo_data import OPERATOR_EMAIL, OPERATOR_PASSWORD


class Operator:
    """An operator's view: signed in to the admin, looking at the inbox of webhook events."""

    def __init__(self, api: str) -> None:
        self._admin = f"{api}/admin"
        self._session = requests.Session()

    def sign_in(self) -> None:
        page = self._session.get(f"{self._admin}/login/", timeout=10)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        if token is None:
            raise StepFailed("The admin's sign-in page has no form.")
        answer = self._session.post(
            f"{self._admin}/login/?next=/admin/",
            data={"username": OPERATOR_EMAIL, "password": OPERATOR_PASSWORD, "csrfmiddlewaretoken": token.group(1)},
            headers={"Referer": f"{self._admin}/login/"},
            timeout=10,
        )
        if "sessionid" not in self._session.cookies:
            raise StepFailed(f"The operator could not sign in to the admin ({answer.status_code}).")

    def sees_event(self, state: str, event_id: str = "") -> bool:
        """Whether the inbox lists the event, or any at all, in ``state``."""
        answer = self._session.get(
            f"{self._admin}/payments/webhookevent/", params={"q": event_id, "state__exact": state}, timeout=10
        )
        answer.raise_for_status()
        return f">{event_id or 'evt_'}" in answer.text
