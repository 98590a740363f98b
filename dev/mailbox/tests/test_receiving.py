import smtplib
import socket
from email.message import EmailMessage
from pathlib import Path
from threading import Thread

import pytest

from dev.mailbox import Mailbox, PortTakenError
from dev.mailbox.smtp import MAX_MESSAGE_BYTES
from dev.mailbox.store import MessageStore

from .conftest import Deliver


def test_a_sent_mail_is_kept(mailbox: Mailbox, deliver: Deliver) -> None:
    deliver("Welcome ✓")
    (mail,) = mailbox.messages()
    assert mail.subject == "Welcome ✓"
    assert mail.text == "Your code is 123456.\nHave a good day.\n"
    assert mail.return_path == "sender@example.com"


def test_newest_comes_first_and_search_narrows(mailbox: Mailbox, deliver: Deliver) -> None:
    deliver("one")
    deliver("two", to="bob@example.com")
    assert [mail.subject for mail in mailbox.messages()] == ["two", "one"]
    assert [mail.subject for mail in mailbox.messages("to:alice@example.com")] == ["one"]


def test_a_recipient_that_no_header_names_is_shown_as_bcc(mailbox: Mailbox, deliver: Deliver) -> None:
    deliver(envelope=("alice@example.com", "hidden@example.com"))
    (mail,) = mailbox.messages()
    assert [each.address for each in mail.bcc] == ["hidden@example.com"]


def test_a_mail_over_the_limit_is_refused(mailbox: Mailbox) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "a@example.com", "b@example.com"
    mail.set_content(("x" * 70 + "\n") * (MAX_MESSAGE_BYTES // 71 + 1))
    with (
        smtplib.SMTP("127.0.0.1", mailbox.smtp_port, timeout=60) as client,
        pytest.raises(smtplib.SMTPException) as caught,
    ):
        client.send_message(mail)
    assert "552" in str(caught.value)
    assert mailbox.messages() == []


def test_mails_sent_at_once_are_all_kept(mailbox: Mailbox, deliver: Deliver) -> None:
    threads = [Thread(target=deliver, args=(f"mail {number}",)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {mail.subject for mail in mailbox.messages()} == {f"mail {number}" for number in range(20)}


def test_mails_and_their_read_state_survive_a_restart(tmp_path: Path) -> None:
    store = MessageStore(tmp_path)
    first = store.add(b"Subject: first\r\n\r\n", sender="", recipients=[])
    second = store.add(b"Subject: second\r\n\r\n", sender="", recipients=[])
    store.mark_read(first)
    (tmp_path / "half.partial").write_bytes(b"x")
    (tmp_path / "notes.eml").write_bytes(b"not named by the mailbox")

    again = MessageStore(tmp_path)
    assert [(entry.mail.id, entry.read) for entry in again.search()] == [(second, False), (first, True)]
    assert again.add(b"Subject: third\r\n\r\n", sender="", recipients=[]) > second
    assert sorted(path.name for path in tmp_path.iterdir() if "half" in path.name or "notes" in path.name) == [
        "notes.eml"
    ]


def test_the_oldest_mails_give_way(tmp_path: Path) -> None:
    store = MessageStore(tmp_path, limit=3)
    for number in range(5):
        store.add(f"Subject: {number}\r\n\r\n".encode(), sender="", recipients=[])
    assert [entry.mail.subject for entry in store.search()] == ["4", "3", "2"]
    assert len(list(tmp_path.glob("*.eml"))) == 3


def test_a_lost_directory_refuses_the_mail_for_now(tmp_path: Path) -> None:
    with Mailbox(directory=tmp_path / "mails") as mailbox:
        (tmp_path / "mails").rmdir()
        with smtplib.SMTP("127.0.0.1", mailbox.smtp_port, timeout=60) as client:
            with pytest.raises(smtplib.SMTPDataError) as caught:
                client.sendmail("a@example.com", ["b@example.com"], b"Subject: x\r\n\r\n")
            assert caught.value.smtp_code == 452


@pytest.mark.parametrize("variable", ["SMTP_PORT", "MAILBOX_PORT"])
def test_a_taken_port_is_named_and_nothing_is_left_listening(variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, socket.create_server(("127.0.0.1", 0)) as spare:
        port, other = taken.getsockname()[1], spare.getsockname()[1]
        spare.close()
        ports = {"smtp_port": port, "http_port": other}
        if variable == "MAILBOX_PORT":
            ports = {"smtp_port": other, "http_port": port}
        with pytest.raises(PortTakenError, match=rf"port {port} .*already taken: set {variable}"):
            Mailbox(**ports).start()
        socket.create_server(("127.0.0.1", other)).close()


def test_a_stopped_mailbox_frees_its_ports_and_starts_again(tmp_path: Path) -> None:
    mailbox = Mailbox(directory=tmp_path).start()
    ports = (mailbox.smtp_port, mailbox.http_port)
    mailbox.stop()
    with pytest.raises(RuntimeError, match="not started"):
        mailbox.messages()
    mailbox.start()
    assert (mailbox.smtp_port, mailbox.http_port) == ports
    mailbox.stop()


def test_clear_empties_the_directory(tmp_path: Path) -> None:
    with Mailbox(directory=tmp_path) as mailbox:
        with smtplib.SMTP("127.0.0.1", mailbox.smtp_port, timeout=60) as client:
            client.sendmail("a@example.com", ["b@example.com"], b"Subject: x\r\n\r\n")
        assert len(list(tmp_path.iterdir())) == 1
        mailbox.clear()
        assert list(tmp_path.iterdir()) == []
