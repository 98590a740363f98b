"""What the repository holds and is built of: no secret, pinned parts, and robots that look at both."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from dev.check import CHECKS
from numerai.tests.test_environment import PRODUCTION, read_by

ROOT = Path(__file__).resolve().parent.parent.parent
NOT_OURS = {".venv", ".local", ".git", ".env", "__pycache__", "staticfiles", "htmlcov"}
SECRETS = {
    "a live key of Stripe": r"\b[sr]k_live_(?!0)[0-9a-zA-Z]{10,}",
    "a webhook's secret": r"\bwhsec_[A-Za-z0-9+/]{24,}",
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40,}",
    "a key of AWS": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a token of GitHub": r"\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{30,}",
    "a key of Google": r"\bAIza[0-9A-Za-z_-]{35}|\bGOCSPX-[0-9A-Za-z_-]{20,}",
    "a token of Slack": r"\bxox[abprs]-[0-9A-Za-z-]{20,}",
    "a key of SendGrid": r"\bSG\.[\w-]{20,}\.[\w-]{20,}",
    "a signed token": r"\beyJ[\w-]{16,}\.eyJ[\w-]{16,}\.[\w-]{32,}",
    "the password of a server": r"\b(?:postgres(?:ql)?|rediss?|smtp\S*)://[^\s:/@'\"]+:(?!secret@|password@)[\w.%+-]{8,}@",
}
# In two parts each, or this page would be found.
SAMPLES = {
    "a live key of Stripe": ("sk_live_", "51Hq3kLmNopQrStUv"),
    "a webhook's secret": ("whsec_", "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4"),
    "a private key": ("-----BEGIN EC PRIVATE KEY-----\n", "MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY"),
    "a key of AWS": ("AKIA", "IOSFODNN7EXAMPLE"),
    "a token of GitHub": ("ghp_", "16C7e42F292c6912E7710c838347Ae178B4a"),
    "a key of Google": ("AIza", "SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe"),
    "a token of Slack": ("xoxb-", "2444333222111-aBcDeFgHiJkLmNoP"),
    "a key of SendGrid": ("SG.", "ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf09kqeF8tAmbihYzrnopKc1s5cr"),
    "a signed token": (
        "eyJ",
        "hbGciOiJIUzI1NiJ9xx.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
    ),
    "the password of a server": ("postgresql://", "numerai:hunter2hunter2@db.internal/numerai"),
}


def files() -> Iterator[tuple[str, str]]:
    """Every text of the repository: its path, and what it says."""
    for top in sorted(ROOT.iterdir()):
        if top.name not in NOT_OURS:
            for path in [top, *top.rglob("*")]:
                if path.is_file() and not NOT_OURS & set(path.parts):
                    yield str(path.relative_to(ROOT)), path.read_bytes().decode(errors="replace")


def found_in(text: str) -> list[str]:
    return [name for name, form in SECRETS.items() if re.search(form, text)]


def test_rule_86_the_repository_holds_no_secret() -> None:
    everything = dict(files())
    assert {"README.md", "numerai/settings/base.py", ".github/workflows/checks.yml"} <= set(everything)
    assert {path: found for path, text in everything.items() if (found := found_in(text))} == {}


@pytest.mark.parametrize("kind", SECRETS)
def test_rule_86_one_would_be_found(kind: str) -> None:
    assert kind in found_in(f'KEY = "{"".join(SAMPLES[kind])}"')


def test_rule_86_every_secret_is_required_in_production_and_has_no_other_value() -> None:
    secret = {"SECRET_KEY", "JWT_SIGNING_KEYS", "DATA_KEYS", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"}
    assert secret | {"DATABASE_URL", "REDIS_URL", "EMAIL_URL"} <= read_by(PRODUCTION, "required")
    assert not secret & read_by(PRODUCTION, "env")


@pytest.fixture(scope="module")
def workflows() -> dict[str, dict[str, Any]]:
    return {path.name: yaml.safe_load(path.read_text()) for path in (ROOT / ".github" / "workflows").glob("*.yml")}


def steps(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for job in workflow["jobs"].values():
        yield from job.get("steps", [])


def test_rule_87_the_robots_run_what_is_pinned_and_may_do_nothing_else(workflows: dict[str, dict[str, Any]]) -> None:
    used = {step["uses"] for workflow in workflows.values() for step in steps(workflow) if "uses" in step}
    assert len(used) > 2
    assert not [action for action in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action)]
    assert [name for name, workflow in workflows.items() if workflow["permissions"] != {}] == []


def test_rule_87_requirements_are_audited_every_week_and_whenever_they_change(
    workflows: dict[str, dict[str, Any]],
) -> None:
    audit = workflows["audit.yml"]
    # YAML 1.1 takes the word "on" for a truth.
    when = next(told for name, told in audit.items() if str(name) in {"True", "on"})
    assert len(when["schedule"]) == 1
    assert "requirements*.txt" in when["pull_request"]["paths"]
    assert "make audit" in {step.get("run") for step in steps(audit)}
    command = re.search(r"^audit:.*\n\t(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert command
    # Without --strict a package that cannot be looked up counts as sound.
    assert {"--strict", "--require-hashes", "requirements.txt"} <= set(command[1].split())


def test_rule_87_insecure_code_is_looked_for_in_every_app() -> None:
    (bandit,) = (check for check in CHECKS if check.command[0].endswith("/bandit"))
    assert {"numerai", "accounts", "notifications", "numerology", "payments"} <= set(bandit.command)
    assert "--exit-zero" not in bandit.command
