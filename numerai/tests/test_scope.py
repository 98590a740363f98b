"""What a caller may name: rows of their own, by ids that nobody can count through."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from numerai.tests.documented import fields, operations
from numerai.tests.test_permissions import ROWS

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("numerai", "accounts", "notifications", "payments", "numerology")
# Where a request's own words meet the database.
DOORS = {"views", "api", "serializers", "selectors", "listing"}
OWNERS = {"user", "user_id", "owner", "owner_id", "recipient", "recipient_id"}
# A row of somebody who is signed in to the admin, by what the server knows of them.
OWN_ACCOUNT = "User.objects.get(pk=str(request.user.pk))"
# Ids that somebody else hands out, and those that only name a request.
GIVEN = {"session_id", "payment_intent_id", "setup_intent_id", "payment_method_id", "request_id", "discord_user_id"}
# No ids: which of our providers is speaking.
NAMES = {"provider"}
STRIPE_IDS = {"Stripe's id."}


def doors() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "tests" not in path.parts and DOORS & {path.stem, *path.parent.parts}:
                yield path


def unscoped(tree: ast.AST) -> Iterator[str]:
    """What asks a manager for rows and names no owner; rows that are fetched for found ones are theirs already."""
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
            asked: ast.AST = node
            named: set[str] = set()
            while isinstance(above := parents[asked], ast.Attribute | ast.Call) and asked not in arguments(above):
                asked = above
                named |= {each.arg.split("__")[0] for each in getattr(asked, "keywords", []) if each.arg}
            is_prefetched = isinstance(above, ast.Call) and ast.unparse(above.func) == "Prefetch"
            if not named & OWNERS and not is_prefetched and ast.unparse(asked) != OWN_ACCOUNT:
                yield ast.unparse(asked)


def arguments(node: ast.AST) -> list[ast.AST]:
    return [*node.args, *node.keywords] if isinstance(node, ast.Call) else []


def test_rule_38_views_ask_for_rows_of_the_person_alone() -> None:
    assert len([path for path in doors() if ".objects" in path.read_text()]) > 10
    bare = [f"{path.relative_to(ROOT)}: {asked}" for path in doors() for asked in unscoped(ast.parse(path.read_text()))]
    assert not bare, "\n".join(bare)


@pytest.mark.parametrize(
    ("line", "is_bare"),
    [
        ("Thing.objects.get(pk=pk)", True),
        ("Thing.objects.filter(public_id=asked).first()", True),
        ("Thing.objects.all()", True),
        ("get_object_or_404(Thing.objects, pk=pk)", True),
        ("get_object_or_404(Thing.objects.select_related('user'), pk=pk)", True),
        ("queryset = Thing.objects.all()", True),
        ("Thing._default_manager.get(pk=pk)", True),
        ("User.objects.get(pk=pk)", True),
        ("Thing.objects.filter(user_id=user.pk, public_id=asked)", False),
        ("Thing.objects.standing().filter(user=user).first()", False),
    ],
)
def test_rule_38_what_asks_for_anybody_s_rows_is_noticed(line: str, is_bare: bool) -> None:
    assert bool(list(unscoped(ast.parse(line)))) is is_bare


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    generated: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return generated


def is_random(name: str, told: dict[str, Any]) -> bool:
    told = told.get("items", told)
    kinds = str(told.get("type", "")) + str(told.get("oneOf", ""))
    return told.get("format") == "uuid" or (
        "string" in kinds and "integer" not in kinds and (name in GIVEN or told.get("description") in STRIPE_IDS)
    )


def test_rule_39_every_id_in_an_answer_or_a_body_is_random(schema: dict[str, Any]) -> None:
    found = {
        f"{name} {told}": is_random(name, told)
        for _, _, operation in operations(schema)
        for part in [operation.get("requestBody", {}), *operation["responses"].values()]
        for name, told in fields(schema, part)
        if name in {"id", "ids", "pk"} or name.endswith(("_id", "_ids", "_pk"))
    }
    assert len(found) > 10
    assert not [name for name, is_fine in found.items() if not is_fine]


def test_rule_39_every_id_in_a_path_is_random(schema: dict[str, Any]) -> None:
    named = [
        parameter
        for _, _, operation in operations(schema)
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "path"
    ]
    assert len(named) > 10
    assert not [each for each in named if each["name"] not in NAMES and not is_random(each["name"], each["schema"])]


def test_rule_39_no_route_takes_the_number_of_a_row() -> None:
    assert not [route for route in ROWS if "<int:" in route or "<pk>" in route or ":pk>" in route]
