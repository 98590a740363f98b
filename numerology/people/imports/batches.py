"""One batch of rows made into people: whoever can be kept is, and every other row says why not."""

import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounts.models import User
from numerology.charts.services import today_of
from numerology.people.imports.reading import Row
from numerology.people.kinds import RelationshipKind
from numerology.people.models import Person
from numerology.people.selectors import people_of
from numerology.people.serializers import PersonInputSerializer
from numerology.people.services import LIMIT, made
from payments.entitlements import PlanLimitReached, require_within

Key = tuple[str, date]
TOO_LONG = "This row has more cells than there are columns."
DUPLICATE = "You keep somebody of this name and birth date already."


@dataclass
class Batch:
    """``owner`` is held, so nobody else adds people meanwhile; ``errors`` has an entry or more for each failed row."""

    owner: User
    people: list[Person] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    failed: int = 0
    used: int = 0
    known: set[Key] = field(default_factory=set)

    def __post_init__(self) -> None:
        kept = list(people_of(self.owner).values_list("name", "birth_date"))
        self.used = len(kept)
        self.known = {key_of(name, born) for name, born in kept}
        self._today = today_of(self.owner)

    def take(self, row: Row) -> None:
        refusals = self._refusals_of(row)
        self.errors += [{"row": row["row"], **refusal} for refusal in refusals]
        self.failed += bool(refusals)

    def _refusals_of(self, row: Row) -> list[dict[str, str]]:
        if row["is_long"]:
            return [refusal("", "too_many_cells", TOO_LONG)]
        form = PersonInputSerializer(data=given_in(row["cells"]), context={"today": self._today})
        if not form.is_valid():
            return [refusal(name, each.code, str(each)) for name, told in form.errors.items() for each in told]
        values: dict[str, Any] = form.validated_data
        key = key_of(values["name"], values["birth_date"])
        if key in self.known:
            return [refusal("name", "duplicate", DUPLICATE)]
        try:
            require_within(self.owner, LIMIT, used=self.used)
        except PlanLimitReached as reached:
            return [refusal("", reached.code, reached.detail)]
        self.people.append(made(self.owner, values))
        self.known.add(key)
        self.used += 1
        return []


def refusal(name: str, code: str, detail: str) -> dict[str, str]:
    return {"field": name, "code": code, "detail": detail}


def given_in(cells: dict[str, str]) -> dict[str, str]:
    """The cells as a body would say them: without what was left empty, and always with a relationship."""
    said = {name: text for name, text in cells.items() if text}
    if "gender" in said:
        said["gender"] = said["gender"].lower()
    return {"relationship": RelationshipKind.OTHER.value} | said


def key_of(name: str, birth_date: date) -> Key:
    """Equal for one and the same person."""
    return unicodedata.normalize("NFKC", name).casefold(), birth_date
