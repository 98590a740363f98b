"""Every dependency has its reason written down and its hash pinned, and production needs none that it does not list."""

import os
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from numerai.tests.test_settings import COMPLETE

ROOT = Path(__file__).resolve().parent.parent.parent
REASONS = next((ROOT / "docs" / "adr").glob("*-dependencies-*.md"))

# Everything the image runs, with the packages named on the command line made absent.
START = """
import sys
absent = set(sys.argv[1:])
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
import django
django.setup()
from django.core.management import call_command
call_command("check")
from numerai.celery import app
app.connection_for_write().transport
import celery.apps.beat, celery.apps.worker, celery.bin.celery, django_celery_beat.schedulers
import gunicorn.app.wsgiapp, gunicorn.workers.gthread
"""


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def direct(source: str) -> set[str]:
    lines = (ROOT / source).read_text().splitlines()
    return {normalised(found[0]) for line in lines if (found := re.match(r"[A-Za-z][A-Za-z0-9._-]*", line))}


def pinned(source: str) -> dict[str, str]:
    """Each requirement with what follows it, which must be hashes."""
    blocks = re.split(r"^(?=[A-Za-z])", (ROOT / source).read_text(), flags=re.MULTILINE)
    found = {re.match(r"([A-Za-z][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==", block): block for block in blocks[1:]}
    assert None not in found, "a requirement without =="
    return {normalised(match[1]): block for match, block in found.items() if match}


@pytest.mark.parametrize("source", ["requirements.in", "requirements-dev.in"])
def test_every_dependency_has_its_reason(source: str) -> None:
    named = {normalised(name) for name in re.findall(r"`([A-Za-z][A-Za-z0-9._-]*)`", REASONS.read_text())}
    assert len(direct(source)) > 10
    assert direct(source) - named == set()


@pytest.mark.parametrize("source", ["requirements", "requirements-dev"])
def test_every_dependency_is_pinned_with_hashes(source: str) -> None:
    requirements = pinned(f"{source}.txt")
    assert direct(f"{source}.in") - set(requirements) == set()
    assert [name for name, block in requirements.items() if "--hash=sha256:" not in block] == []


def test_no_reason_is_left_without_its_dependency() -> None:
    rows = {normalised(name) for name in re.findall(r"^\| `([^`]+)`", REASONS.read_text(), re.MULTILINE)}
    assert rows == direct("requirements.in") | direct("requirements-dev.in")


def test_production_starts_on_its_own_requirements_alone() -> None:
    own = set(pinned("requirements.txt"))
    absent = [
        module
        for module, distributions in packages_distributions().items()
        if module.isidentifier() and not own & {normalised(distribution) for distribution in distributions}
    ]
    assert "pytest" in absent
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    result = subprocess.run(
        [sys.executable, "-c", START, *absent],
        cwd=ROOT,
        env={**keep, **COMPLETE, "DJANGO_SETTINGS_MODULE": "numerai.settings.production"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-3000:]
