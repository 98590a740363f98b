import smtplib
from email.message import EmailMessage
from urllib.request import Request, urlopen

import pytest

from dev.mailbox import Mailbox

from .conftest import Deliver, Fetch


def policy(mailbox: Mailbox, path: str) -> dict[str, str]:
    with urlopen(mailbox.url + path, timeout=60) as answer:
        directives = answer.headers["Content-Security-Policy"].split("; ")
    return {name: value for name, _, value in (each.partition(" ") for each in directives)}


def test_the_page_and_all_it_loads_are_served(fetch: Fetch) -> None:
    page = fetch("/")
    for path in ("/static/mailbox.css", "/static/mailbox.js", "/static/icon.svg"):
        assert path in page
        assert len(fetch(path)) > 100
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page


def test_the_page_runs_its_own_script_and_no_other(mailbox: Mailbox, fetch: Fetch) -> None:
    directives = policy(mailbox, "/")
    assert (directives["default-src"], directives["script-src"]) == ("'none'", "'self'")
    assert "onclick" not in fetch("/")
    assert "innerHTML" not in fetch("/static/mailbox.js")


@pytest.mark.parametrize("path", ["/view/latest.html", "/api/v1/message/latest", "/api/v1/message/latest/raw"])
def test_no_mail_can_run_script(mailbox: Mailbox, deliver: Deliver, path: str) -> None:
    deliver(html="<script>alert(1)</script>")
    directives = policy(mailbox, path)
    assert directives["default-src"] == "'none'"
    assert "script-src" not in directives
    assert "sandbox" in directives
    assert "allow-scripts" not in directives["sandbox"]
    assert "allow-same-origin" not in directives["sandbox"]


def test_links_open_outside_the_frame(deliver: Deliver, fetch: Fetch) -> None:
    deliver(html='<!doctype html><html><HEAD lang="en"><title>x</title></HEAD></html>')
    assert '<HEAD lang="en"><base target="_blank"><title>' in fetch("/view/latest.html")
    deliver(html="<p>no head</p>")
    assert fetch("/view/latest.html").startswith('<base target="_blank"><p>')


def test_inline_images_point_at_their_part(mailbox: Mailbox, fetch: Fetch) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "a@example.com", "b@example.com"
    mail.set_content('<img src="cid:logo">', subtype="html")
    mail.add_related(b"\x89PNG", maintype="image", subtype="png", cid="<logo>")
    with smtplib.SMTP("127.0.0.1", mailbox.smtp_port, timeout=60) as client:
        client.send_message(mail)
    (image,) = fetch("/api/v1/message/latest")["Inline"]
    path = f"/api/v1/message/{fetch('/api/v1/message/latest')['ID']}/part/{image['PartID']}"
    assert f'<img src="{path}">' in fetch("/view/latest.html")
    with urlopen(mailbox.url + path, timeout=60) as answer:
        assert (answer.read(), answer.headers["Content-Type"]) == (b"\x89PNG", "image/png")


def test_head_answers_without_a_body(mailbox: Mailbox) -> None:
    with urlopen(Request(mailbox.url, method="HEAD"), timeout=60) as answer:
        assert (answer.read(), int(answer.headers["Content-Length"]) > 0) == (b"", True)
