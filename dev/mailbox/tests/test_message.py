from datetime import UTC, datetime
from email.message import EmailMessage

from hypothesis import given
from hypothesis import strategies as st

from dev.mailbox.message import Address, Mail, html_to_text, parse

ARRIVED = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def read(raw: bytes) -> Mail:
    return parse(raw, mail_id="1", created=ARRIVED)


def test_headers_are_decoded_and_unfolded() -> None:
    mail = read(
        b"From: =?utf-8?q?J=C3=B6rg?= <j@example.com>\r\n"
        b'To: "Doe, Jane" <jane@example.com>,\r\n bob@example.com\r\n'
        b"Subject: =?utf-8?b?UHLDvGZ1bmc=?=\r\n and more\r\n"
        b"Date: Fri, 20 Nov 2026 10:00:00 +0100\r\nMessage-ID: <x@y>\r\n\r\nbody"
    )
    assert mail.sender == Address("Jörg", "j@example.com")
    assert mail.to == (Address("Doe, Jane", "jane@example.com"), Address("", "bob@example.com"))
    assert mail.subject == "Prüfung and more"
    assert mail.date == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert mail.message_id == "x@y"
    assert mail.text == "body"


def test_raw_utf8_headers_are_readable() -> None:
    assert read("Subject: Grüße ✓\r\n\r\n".encode()).subject == "Grüße ✓"


def test_every_kind_of_part_is_found() -> None:
    mail = EmailMessage()
    mail.set_content("plain")
    mail.add_alternative('<p>rich</p><img src="cid:logo">', subtype="html")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="reçu.pdf")
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", disposition="inline", cid="<logo>")
    inner = EmailMessage()
    inner["Subject"] = "inner"
    mail.add_attachment(inner)
    found = read(mail.as_bytes())
    assert (found.text.strip(), found.html.strip()) == ("plain", '<p>rich</p><img src="cid:logo">')
    pdf, image, attached = found.parts
    assert (pdf.file_name, pdf.content_type, pdf.content, pdf.inline) == (
        "reçu.pdf",
        "application/pdf",
        b"%PDF",
        False,
    )
    assert (image.content_id, image.inline, image.content) == ("logo", True, b"\x89PNG")
    assert attached.content_type == "message/rfc822"
    assert b"Subject: inner" in attached.content


def test_unknown_charset_and_broken_date_fall_back() -> None:
    mail = read(b"Date: yesterday\r\nContent-Type: text/plain; charset=klingon\r\n\r\nna\xc3\xafve")
    assert mail.text == "naïve"
    assert mail.date == ARRIVED


def test_a_date_without_a_zone_is_utc() -> None:
    assert read(b"Date: Fri, 20 Nov 2026 10:00:00 -0000\r\n\r\n").date.tzinfo is UTC


def test_snippet_of_an_html_mail_leaves_out_styles_and_scripts() -> None:
    mail = read(
        b"Content-Type: text/html\r\n\r\n<head><style>p{}</style></head><p>Hi &amp; bye</p><script>x()</script>"
    )
    assert mail.snippet == "Hi & bye"
    assert html_to_text("</script><p>one</p><p>two</p>") == "one two"


@given(st.binary(max_size=400))
def test_no_bytes_whatever_can_break_the_reader(raw: bytes) -> None:
    assert read(raw).size == len(raw)


@given(st.binary(max_size=120), st.binary(max_size=120))
def test_no_header_whatever_can_break_the_reader(address: bytes, content_type: bytes) -> None:
    raw = b"To: =?utf-8?q?%s\r\nContent-Type: multipart/%s\r\nSubject: =?x?b?%s?=\r\n\r\nhi"
    assert read(raw % (address, content_type, address)).size > 0
