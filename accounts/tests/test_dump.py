"""Whoever reads a dump of the whole database can sign in as nobody."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import Profile, Session, User
from accounts.sessions import open_session
from accounts.tests.conftest import Post
from accounts.tests.factoring import APP, CONFIRM, App
from conftest import PASSWORD

LINK = re.compile(r"https?://\S+")
CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
SECRET_MEMBERS = {"access_token", "refresh_token", "secret", "challenge", "codes", "recovery_codes", "nonce"}


@dataclass
class Handed:
    """Everything secret that was handed out, over the API and by mail."""

    post: Post
    secrets: set[str] = field(default_factory=set)
    mails_read: int = 0

    def by(self, answer: Any) -> Any:
        assert answer.status_code < 300 or answer.json()["code"] == "second_factor_required", answer.content
        body = answer.json() if answer.content else {}
        self.secrets |= {value for name, value in leaves(body) if name in SECRET_MEMBERS}
        return body

    def by_mail(self) -> str:
        """The only new mail's code, or the last part of its link."""
        mails = self.post()
        (mail,) = mails[: len(mails) - self.mails_read]
        self.mails_read = len(mails)
        links = [link for link in LINK.findall(mail.text) if "token=" in link]
        found: str = links[0].partition("token=")[2] if links else CODE.findall(mail.text)[0]
        self.secrets.add(found)
        return found

    def nothing_by_mail(self) -> None:
        self.mails_read = len(self.post())


def leaves(node: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value, name)
    elif isinstance(node, str):
        yield name, node


def dump() -> str:
    """Every column of every row of every table, as text; bytes as hex."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) FROM information_schema.tables"
            " WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        tables = [row[0] for row in cursor.fetchall()]
        rows = []
        for table in tables:
            cursor.execute(f"SELECT kept::text FROM {table} AS kept")  # noqa: S608 - names from the catalogue
            rows += [f"{table} {row[0]}" for row in cursor.fetchall()]
    return "\n".join(rows).replace("\\\\x", " ")


def forms_of(secret: str) -> set[str]:
    """How ``secret`` may be written: as it is, and what it or its parts look like in hex and in base64."""
    forms = set()
    for part in {secret, *re.split(r"[.:]", secret)}:
        if len(part) < 20 and part != secret:
            continue
        raw = part.encode()
        padded = part + "=" * (-len(part) % 4)
        decoded = base64.urlsafe_b64decode(padded) if re.fullmatch(r"[\w-]{20,}", part) else b""
        forms |= {part, raw.hex(), base64.b64encode(raw).decode().rstrip("="), decoded.hex()}
        forms |= {base64.urlsafe_b64encode(raw).decode().rstrip("=")}
    return forms - {""}


def found_in(kept: str, secrets: set[str], public: set[str]) -> dict[str, str]:
    """The secrets that stand in ``kept``, with the row."""
    found = {}
    for secret in secrets:
        for form in forms_of(secret) - public:
            match = re.search(rf"(?<![0-9A-Za-z]){re.escape(form)}(?![0-9A-Za-z])", kept, re.IGNORECASE)
            if match:
                found[f"{secret} as {form}"] = kept[max(0, match.start() - 300) : match.end() + 60]
    return found


def sign_up(handed: Handed) -> APIClient:
    client = APIClient()
    client.default_format = "json"
    who = {"email": "dora@example.com", "password": PASSWORD, "confirm_password": PASSWORD, "full_name": "Dora Diaz"}
    handed.by(client.post(reverse("register"), who))
    handed.by(client.post(reverse("verify-otp"), {"email": who["email"], "otp": handed.by_mail()}))
    signed_in = handed.by(client.post(reverse("login"), {"email": who["email"], "password": PASSWORD}))
    handed.by(client.post(reverse("refresh-token"), {"refresh": signed_in["refresh_token"]}))
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {signed_in['access_token']}")
    return client


def ask_for_everything(handed: Handed, client: APIClient) -> None:
    email = {"email": "dora@example.com"}
    handed.nothing_by_mail()
    for name, body in (
        ("password-reset", email),
        ("reset-link", email),
        ("unlock", email),
        ("email", {"new_email": "new@example.com", "password": PASSWORD}),
        ("proof-code", {}),
    ):
        handed.by(client.post(reverse(name), body))
        handed.by_mail()
    secret = handed.by(client.post(APP))["secret"]
    handed.by(client.post(CONFIRM, {"code": App(secret).shows()}))
    handed.by(APIClient().post(reverse("login"), email | {"password": PASSWORD}, format="json"))


def sign_in_to_the_admin(handed: Handed, operator: User) -> None:
    client = Client()
    form = {"username": operator.email, "password": PASSWORD, "next": reverse("admin:index")}
    assert client.post(reverse("admin:login"), form).status_code == 302
    handed.secrets |= {cookie.value for cookie in client.cookies.values()}


def test_rule_20_nothing_that_was_handed_out_stands_in_any_column(post: Post, operator: User) -> None:
    handed = Handed(post)
    client = sign_up(handed)
    ask_for_everything(handed, client)
    sign_in_to_the_admin(handed, operator)
    assert len(handed.secrets) > 15
    public = {part for row in Session.objects.all() for part in (row.id.hex, str(row.id))}
    public |= {user.id.hex for user in User.objects.all()}
    assert found_in(dump(), handed.secrets | {PASSWORD}, public) == {}


def test_the_search_finds_what_is_there(bob: User) -> None:
    """The control: a token left in any column, in any writing, is found."""
    token = open_session(user=bob).refresh_token
    secret = token.split(".")[1]
    for left in (token, secret, f"x={secret}&", token.encode().hex(), base64.b64encode(secret.encode()).decode()):
        Profile.objects.filter(user=bob).update(bio=left)
        assert found_in(dump(), {token}, set()), left
    Session.objects.update(secret_hash=base64.urlsafe_b64decode(secret + "=")[:32])
    Profile.objects.filter(user=bob).update(bio="")
    assert found_in(dump(), {token}, {Session.objects.get().id.hex})
