import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from numerology.engine.vectors import evaluate, vectors_in


class Command(BaseCommand):
    help = (
        "Evaluates a file of published worked examples with the engine, prints each that it does not give with the "
        "trace of what was calculated, and ends with the numbers of passed and failed. Ends with 1 when one failed."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a JSON file: a list of vectors")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            vectors = vectors_in(json.loads(options["path"].read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise CommandError(f"{options['path']} cannot be read as vectors: {error}") from error
        report = evaluate(vectors)
        for mismatch in report.mismatches:
            self.stdout.write(f"{mismatch.vector}: {mismatch.sentence}")
            for trace in mismatch.traces:
                self.stdout.write(f"    {trace}")
        self.stdout.write(f"{report.passed} passed, {report.failed} failed")
        if report.failed:
            raise SystemExit(1)
