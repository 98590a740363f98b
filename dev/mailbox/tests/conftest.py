import json
import smtplib
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any
from urllib.request import Request, urlopen

import pytest

from dev.mailbox import Mailbox

Deliver = Callable[..., None]
Fetch = Callable[..., Any]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as running:
        yield running


@pytest.fixture
def deliver(mailbox: Mailbox) -> Deliver:
    def send(
        subject: str = "Hello",
        *,
        to: str = "alice@example.com",
        html: str = "",
        envelope: tuple[str, ...] = (),
    ) -> None:
        mail = EmailMessage()
        mail["From"] = "Jörg Sender <sender@example.com>"
        mail["To"] = to
        mail["Subject"] = subject
        mail["Message-ID"] = "<one@example.com>"
        mail.set_content("Your code is 123456.\nHave a good day.")
        if html:
            mail.add_alternative(html, subtype="html")
        with smtplib.SMTP("127.0.0.1", mailbox.smtp_port, timeout=60) as client:
            client.send_message(mail, to_addrs=envelope or None)

    return send


@pytest.fixture
def fetch(mailbox: Mailbox) -> Fetch:
    def ask(path: str, *, method: str = "GET", body: object = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        with urlopen(Request(mailbox.url + path, data=data, method=method), timeout=60) as answer:
            content = answer.read().decode()
        return json.loads(content) if content.startswith(("{", "[")) else content

    return ask
