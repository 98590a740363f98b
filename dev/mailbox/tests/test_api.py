import http.client
import smtplib
from email.message import EmailMessage
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from dev.mailbox import Mailbox

from .conftest import Deliver, Fetch

SUMMARY_FIELDS = {
    *("ID", "MessageID", "Read", "From", "To", "Cc", "Bcc", "ReplyTo", "Subject", "Created"),
    *("Username", "Tags", "Size", "Attachments", "Snippet"),
}
MESSAGE_FIELDS = {
    *("ID", "MessageID", "From", "To", "Cc", "Bcc", "ReplyTo", "ReturnPath", "Subject", "ListUnsubscribe"),
    *("Date", "Tags", "Username", "Text", "HTML", "Size", "Inline", "Attachments"),
}


def test_the_list_has_the_field_names_of_mailpit(deliver: Deliver, fetch: Fetch) -> None:
    deliver("Hello")
    page = fetch("/api/v1/messages")
    (summary,) = page.pop("messages")
    assert page == {
        "total": 1,
        "unread": 1,
        "count": 1,
        "messages_count": 1,
        "messages_unread": 1,
        "start": 0,
        "tags": [],
    }
    assert set(summary) == SUMMARY_FIELDS
    assert summary["From"] == {"Name": "Jörg Sender", "Address": "sender@example.com"}
    assert summary["To"] == [{"Name": "", "Address": "alice@example.com"}]
    assert summary["Snippet"] == "Your code is 123456. Have a good day."
    assert summary["Read"] is False


def test_the_list_is_paged(deliver: Deliver, fetch: Fetch) -> None:
    for number in range(4):
        deliver(f"mail {number}")
    page = fetch("/api/v1/messages?start=1&limit=2")
    assert [mail["Subject"] for mail in page["messages"]] == ["mail 2", "mail 1"]
    assert (page["start"], page["count"], page["messages_count"]) == (1, 2, 4)
    assert len(fetch("/api/v1/messages?start=-1&limit=many")["messages"]) == 4


def test_search_answers_in_the_same_shape(deliver: Deliver, fetch: Fetch) -> None:
    deliver("mine")
    deliver("yours", to="bob@example.com")
    page = fetch("/api/v1/search?query=to:bob@example.com")
    assert [mail["Subject"] for mail in page["messages"]] == ["yours"]
    assert (page["total"], page["messages_count"]) == (2, 1)


def test_search_without_a_query_is_refused(fetch: Fetch) -> None:
    with pytest.raises(HTTPError, match="400"):
        fetch("/api/v1/search?query=")


def test_a_message_has_the_field_names_of_mailpit_and_is_read_by_opening(deliver: Deliver, fetch: Fetch) -> None:
    deliver("Hello", html="<p>Hi</p>")
    message = fetch("/api/v1/message/latest")
    assert set(message) == MESSAGE_FIELDS
    assert (message["MessageID"], message["ReturnPath"]) == ("one@example.com", "sender@example.com")
    assert (message["Text"].splitlines()[0], message["HTML"]) == ("Your code is 123456.", "<p>Hi</p>\n")
    assert fetch(f"/api/v1/message/{message['ID']}") == message
    assert fetch("/api/v1/messages")["messages"][0]["Read"] is True
    assert fetch("/api/v1/messages")["unread"] == 0


def test_attachments_are_named_and_can_be_fetched(mailbox: Mailbox, fetch: Fetch) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "a@example.com", "b@example.com"
    mail["List-Unsubscribe"] = "<https://example.com/u/1>, <mailto:u@example.com>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content("see attached")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="chart.pdf")
    with smtplib.SMTP("127.0.0.1", mailbox.smtp_port, timeout=60) as client:
        client.send_message(mail)
    message = fetch("/api/v1/message/latest")
    (attachment,) = message["Attachments"]
    assert attachment == {
        "PartID": "2",
        "FileName": "chart.pdf",
        "ContentType": "application/pdf",
        "ContentID": "",
        "Size": 4,
    }
    assert message["ListUnsubscribe"] == {
        "Header": "<https://example.com/u/1>, <mailto:u@example.com>",
        "Links": ["https://example.com/u/1", "mailto:u@example.com"],
        "Errors": "",
        "HeaderPost": "List-Unsubscribe=One-Click",
    }
    assert fetch("/api/v1/messages")["messages"][0]["Attachments"] == 1
    with urlopen(f"{mailbox.url}/api/v1/message/latest/part/2", timeout=60) as answer:
        assert answer.read() == b"%PDF"
        assert answer.headers["Content-Disposition"] == "attachment"


def test_headers_and_source(deliver: Deliver, fetch: Fetch) -> None:
    deliver("Hello ✓")
    assert fetch("/api/v1/message/latest/headers")["Subject"] == ["Hello ✓"]
    assert fetch("/api/v1/message/latest/raw").startswith("Return-Path: <sender@example.com>\r\n")


def test_some_or_all_messages_are_deleted(deliver: Deliver, fetch: Fetch) -> None:
    for number in range(3):
        deliver(f"mail {number}")
    newest = fetch("/api/v1/messages")["messages"][0]["ID"]
    assert fetch("/api/v1/messages", method="DELETE", body={"IDs": [newest, "unknown"]}) == "ok"
    assert [mail["Subject"] for mail in fetch("/api/v1/messages")["messages"]] == ["mail 1", "mail 0"]
    assert fetch("/api/v1/messages", method="DELETE") == "ok"
    assert fetch("/api/v1/messages")["total"] == 0


@pytest.mark.parametrize("body", [[], ["x"], {"IDs": 5}])
def test_an_unreadable_deletion_deletes_nothing(deliver: Deliver, fetch: Fetch, body: object) -> None:
    deliver()
    with pytest.raises(HTTPError, match="400"):
        fetch("/api/v1/messages", method="DELETE", body=body)
    assert fetch("/api/v1/messages")["total"] == 1


def test_a_body_without_an_honest_length_is_refused(mailbox: Mailbox, deliver: Deliver, fetch: Fetch) -> None:
    deliver()
    client = http.client.HTTPConnection("127.0.0.1", mailbox.http_port, timeout=60)
    client.request("DELETE", "/api/v1/messages", headers={"Content-Length": "99999999"})
    assert client.getresponse().status == 400
    client.close()
    assert fetch("/api/v1/messages")["total"] == 1


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/message/latest",
        "/api/v1/message/unknown",
        "/api/v1/message/unknown/raw",
        "/api/v1/message/unknown/headers",
        "/api/v1/message/unknown/part/1",
        "/view/unknown.html",
        "/static/unknown.css",
        "/static/../server.py",
        "/nowhere",
    ],
)
def test_what_is_not_there_is_404(fetch: Fetch, path: str) -> None:
    with pytest.raises(HTTPError, match="404"):
        fetch(path)


def test_a_wrong_method_is_405(fetch: Fetch) -> None:
    with pytest.raises(HTTPError, match="405"):
        fetch("/api/v1/info", method="DELETE")


def test_it_reports_its_health(mailbox: Mailbox, deliver: Deliver, fetch: Fetch) -> None:
    deliver()
    assert fetch("/readyz") == fetch("/livez") == "ok"
    info = fetch("/api/v1/info")
    assert (info["Messages"], info["Unread"]) == (1, 1)
    assert info["DatabaseSize"] == sum(path.stat().st_size for path in mailbox.store.directory.iterdir())


def test_a_rebound_host_name_is_refused(mailbox: Mailbox) -> None:
    request = Request(f"{mailbox.url}/api/v1/messages", headers={"Host": "evil.example"})
    with pytest.raises(HTTPError, match="403"):
        urlopen(request, timeout=60)
