"""What the schema and the table of permissions say of this app's addresses."""

from drf_spectacular.generators import SchemaGenerator

from notifications import urls
from notifications.inbound.views import REFUSED
from notifications.tests.permission_rows import ROWS


def test_every_address_has_a_row() -> None:
    prefix = "api/v1/notifications/"
    routes = [route for each in urls.urlpatterns for route in getattr(each, "url_patterns", [each])]
    assert {f"{prefix}{route.pattern}" for route in routes} == set(ROWS)


def test_reports_are_refused_for_no_other_reason_than_they_say() -> None:
    """Nothing parses them by media type, and nobody signs in."""
    document = SchemaGenerator(patterns=urls.urlpatterns).get_schema(request=None, public=True)
    said = {path: set(verbs["post"]["responses"]) for path, verbs in document["paths"].items() if "webhooks" in path}
    expected = {"200", *(str(status) for status, _ in REFUSED)}
    assert said == dict.fromkeys(said, expected)
    assert len(said) == 2
