"""``make check``: everything that can be known about the code without running it for its purpose."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from dev.services import LOCAL, ROOT

SCHEMA = LOCAL / "openapi.yaml"


@dataclass(frozen=True)
class Check:
    name: str
    command: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    check: Check
    is_good: bool
    output: str
    seconds: float


def manage(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-W", "ignore::RuntimeWarning", "manage.py", *arguments)


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    return (os.path.join(os.path.dirname(sys.executable), name), *arguments)


APPS = ("numerai", "accounts", "notifications", "numerology", "payments")

# The slowest first, so that the others fill the second core meanwhile.
CHECKS = (
    Check("types", tool("mypy", ".")),
    Check("lint", tool("ruff", "check", ".")),
    Check("format", tool("ruff", "format", "--check", ".")),
    Check("import contracts", tool("lint-imports", "--cache-dir", str(LOCAL / "cache" / "import_linter"))),
    Check("missing migrations", manage("makemigrations", "--check", "--dry-run")),
    Check("OpenAPI", manage("spectacular", "--validate", "--fail-on-warn", "--file", str(SCHEMA))),
    Check("insecure code", tool("bandit", "--quiet", "--recursive", "--configfile", "pyproject.toml", *APPS)),
    Check("settings", manage("check", "--fail-level", "WARNING")),
)


def main() -> int:
    LOCAL.mkdir(exist_ok=True)
    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 2)) as pool:
        outcomes = list(pool.map(run, CHECKS))
    outcomes.append(schema_is_committed())
    for outcome in outcomes:
        print(f"{'ok    ' if outcome.is_good else 'FAILED'} {outcome.check.name:<20} {outcome.seconds:5.1f} s")
        if not outcome.is_good:
            print(outcome.output)
    print(f"{time.monotonic() - started:.1f} s in all")
    return 0 if all(outcome.is_good for outcome in outcomes) else 1


def run(check: Check) -> Outcome:
    started = time.monotonic()
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "numerai.settings.test"}
    result = subprocess.run(check.command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return Outcome(check, result.returncode == 0, result.stdout + result.stderr, time.monotonic() - started)


def schema_is_committed() -> Outcome:
    committed = ROOT / "docs" / "openapi.yaml"
    is_equal = committed.exists() and SCHEMA.exists() and committed.read_text() == SCHEMA.read_text()
    return Outcome(Check("OpenAPI drift", ()), is_equal, "docs/openapi.yaml is stale: run make docs.", 0.0)


if __name__ == "__main__":
    sys.exit(main())
