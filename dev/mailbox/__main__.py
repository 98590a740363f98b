"""`python -m dev.mailbox`; set SMTP_PORT (1025), MAILBOX_PORT (8025), MAILBOX_DIR (.local/mailbox)."""

import os
import signal
import sys
from threading import Event

from dev.mailbox.server import HOST, Mailbox


def main() -> int:
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        mailbox = Mailbox(
            smtp_port=_port("SMTP_PORT", default=1025),
            http_port=_port("MAILBOX_PORT", default=8025),
            directory=os.environ.get("MAILBOX_DIR") or ".local/mailbox",
        ).start()
    except (OSError, ValueError) as error:
        print(f"mailbox: {error}", file=sys.stderr)
        return 1
    print(f"mailbox: smtp://{HOST}:{mailbox.smtp_port} -> {mailbox.url}", flush=True)
    stopped.wait()
    mailbox.stop()
    return 0


def _port(variable: str, *, default: int) -> int:
    value = os.environ.get(variable) or str(default)
    if not value.isdecimal() or int(value) > 65535:
        raise ValueError(f"{variable} must be a port number, not {value!r}")
    return int(value)


if __name__ == "__main__":
    sys.exit(main())
