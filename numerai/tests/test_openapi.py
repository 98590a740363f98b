"""The committed schema is the code's own, says OpenAPI 3.1, and explains every operation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from numerai.views import SchemaView

COMMITTED = Path(__file__).resolve().parent.parent.parent / "docs" / "openapi.yaml"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    generated: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return generated


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                yield f"{method.upper()} {path}", operation


def test_the_committed_schema_is_the_code_s(schema: dict[str, Any]) -> None:
    rendered = OpenApiYamlRenderer().render(schema, renderer_context={}).decode()
    assert COMMITTED.read_text() == rendered, "docs/openapi.yaml is stale: run make docs"


def test_it_is_openapi_3_1(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1")


def test_every_operation_is_explained(schema: dict[str, Any]) -> None:
    silent = [
        name
        for name, operation in operations(schema)
        if not operation.get("summary") or len(operation.get("description", "")) < 20
    ]
    assert not silent


def examples(part: dict[str, Any]) -> list[Any]:
    return [example for media in part.get("content", {}).values() for example in media.get("examples", {}).values()]


def test_every_body_has_an_example(schema: dict[str, Any]) -> None:
    bare = []
    for name, operation in operations(schema):
        parts = {"request": operation.get("requestBody", {})} | {
            status: response for status, response in operation["responses"].items() if status.startswith("2")
        }
        bare += [f"{name} {part}" for part, body in parts.items() if body.get("content") and not examples(body)]
    assert not bare


def test_operation_ids_are_unique(schema: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, operation in operations(schema)]
    assert len(ids) == len(set(ids))


def test_protected_operations_document_the_401(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema):
        is_open = not operation.get("security") or {} in operation["security"]
        if not is_open:
            assert "application/problem+json" in operation["responses"]["401"]["content"], name


@pytest.mark.parametrize("path", ["/api/schema/", "/api/schema/?format=json"])
def test_the_schema_is_served(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert yaml.safe_load(response.content)["info"]["title"] == "NumerAI API"


@pytest.mark.parametrize("path", ["/api/schema/", "/api/schema/?format=json"])
def test_the_schema_is_written_once(client: Client, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes half a second of a processor, and anybody may ask for it as often as they like."""
    first = client.get(path)
    monkeypatch.setattr(SchemaView, "generator_class", None)
    again = client.get(path)
    assert (again.status_code, again.content) == (200, first.content)
    for name in ("Content-Type", "Content-Disposition", "Vary"):
        assert again[name] == first[name]


def test_the_docs_page_loads_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api/docs/").content.decode()
    assert "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js" in page
    assert "//cdn." not in page
    assert "https://" not in page
