"""What the documents list, the code has, and what the code has, they list."""

import ast
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.core.checks import registry
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from accounts.models import Session, User
from accounts.sessions import open_session
from numerai.common import clock, privacy
from numerai.common.http.catalogue import markdown
from payments.models import EventState, WebhookEvent
from payments.webhooks.dispatch import HANDLERS
from payments.webhooks.subscribed import EVENTS

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("numerai", "accounts", "payments", "notifications", "numerology")
ADR_WORDS = 300
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / ".github").glob("*.md")])
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")


def shipped() -> Iterator[Path]:
    for app in APPS:
        yield from (path for path in (ROOT / app).rglob("*.py") if "tests" not in path.parts)


def logged(call: ast.Call) -> set[str]:
    """The event names of one ``log.<level>(…)``; a choice between two has both."""
    return {
        node.value for node in ast.walk(call.args[0]) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def log_events() -> set[str]:
    return {
        event
        for path in shipped()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "log"
        for event in logged(node)
    }


def snippets(heading: str) -> list[str]:
    """The Python that a section of the runbook hands to ``manage.py shell``."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```$", section("docs/runbook.md", heading), re.MULTILINE | re.DOTALL)
    found = [re.search(r"shell --no-imports -c '\n(.*?)\n'", textwrap.dedent(block), re.DOTALL) for block in blocks]
    return [match[1] for match in found if match]


def run_only(heading: str) -> None:
    (snippet,) = snippets(heading)
    call_command("shell", "--no-imports", "-c", snippet)


def section(page: str, heading: str) -> str:
    found = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)
    assert found, f"{page} has no section {heading}"
    return found[1]


def first_column(text: str) -> set[str]:
    cells = re.findall(r"^\| (`[^|]*) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_runbook_explains_every_log_line_and_no_other() -> None:
    assert {"unhandled_exception", "webhook_event_parked", "delivery_lease_lost"} <= log_events()
    assert first_column(section("docs/runbook.md", "What an alert means")) == log_events()


def test_the_runbook_explains_every_check_and_no_other() -> None:
    own = [path for path in shipped() if path.name == "checks.py"]
    ids = {each for path in own for each in re.findall(r'\bid="([a-z]+\.[EW]\d{3})"', path.read_text())}
    modules = {check.__module__ for check in registry.registry.get_checks(include_deployment_checks=True)}
    assert {f"{'.'.join(path.relative_to(ROOT).with_suffix('').parts)}" for path in own} <= modules
    assert first_column(section("docs/runbook.md", "What a check means")) == ids


def test_the_events_are_listed_once_in_the_code_and_the_readme_names_the_command_that_uses_the_list() -> None:
    production = section("README.md", "To production")
    families = {event.partition(".")[0] for event in HANDLERS}
    named = set(re.findall(r"`([a-z_]+\.[a-z_.]+)`", production))
    assert not {name for name in named if name.partition(".")[0] in families}
    assert "stripe_setup" in production
    assert set(EVENTS) <= set(HANDLERS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target, anchor in LINK.findall(page.read_text()):
        there = (page.parent / target).resolve() if target else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(f"{target}#{anchor}")
    assert broken == []


def prose(page: Path) -> str:
    """Without tables, which grow with what they list."""
    return "\n".join(line for line in page.read_text().splitlines() if not line.startswith("|"))


def test_decisions_are_numbered_and_short() -> None:
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [path.name[:5] for path in decisions] == [f"{number:04}-" for number in range(1, len(decisions) + 1)]
    long = [path.name for path in decisions if len(prose(path).split()) > ADR_WORDS]
    assert long == []


@pytest.mark.django_db
@pytest.mark.parametrize("heading", ["What is stuck", "Handling events again"])
def test_the_runbook_s_commands_run(
    heading: str, stored_event: WebhookEvent, capsys: pytest.CaptureFixture[str]
) -> None:
    run_only(heading)
    expected = {"What is stuck": "WebhookEvent parked 1 ", "Handling events again": "1 will be handled again"}
    assert expected[heading] in capsys.readouterr().out


@pytest.fixture
def stored_event(db: None) -> WebhookEvent:
    return WebhookEvent.objects.create(
        event_id="evt_1",
        type="invoice.paid",
        livemode=False,
        payload={},
        created_at=clock.now(),
        state=EventState.PARKED,
    )


def test_the_runbook_s_step_after_a_restore_ends_every_session(bob: User) -> None:
    open_session(user=bob)
    run_only("Backup and restore")
    assert not Session.objects.filter(revoked_at__isnull=True).exists()


@pytest.mark.django_db(transaction=True)
def test_the_runbook_s_erasure_leaves_nobody(bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.filter(pk=bob.pk).update(email="person@example.com")
    seen = []

    def leave(user_id: UUID) -> None:
        seen.append(("leave", User.objects.get(pk=user_id).is_active, connection.in_atomic_block))

    def erase(user_id: UUID) -> dict[str, int]:
        seen.append(("erase", User.objects.get(pk=user_id).is_active, connection.in_atomic_block))
        return {}

    last = privacy.Holding(app="zoo", tables=(), erase=erase, leave=leave)
    monkeypatch.setitem(privacy.registry._holdings, "zoo", last)
    run_only("Deletions and exports")
    assert seen == [("leave", False, False), ("erase", False, True)]
    bob.refresh_from_db()
    assert (bob.full_name, bob.is_active, bob.email) == ("Erased", False, f"{bob.pk.hex}@erased.invalid")


def test_the_pages_that_are_made_from_the_code(settings: Settings, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    call_command("write_docs")
    assert (tmp_path / "docs" / "errors.md").read_text() == markdown()
    schema = (tmp_path / "docs" / "openapi.yaml").read_text()
    assert schema.startswith("openapi: 3.1")
    assert "/api/v1/auth/login/:" in schema
