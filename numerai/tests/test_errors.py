import pytest
from django.conf import settings
from django.urls import get_resolver

from numerai.common.errors import DomainError
from numerai.common.http.catalogue import markdown


def shipped() -> list[type[DomainError]]:
    assert get_resolver().url_patterns
    return [error for error in DomainError.registry.values() if ".tests." not in error.__module__]


def test_the_page_of_problem_codes_is_the_code_s() -> None:
    assert shipped()
    assert (settings.BASE_DIR / "docs" / "errors.md").read_text() == markdown(), (
        "docs/errors.md is stale: run make docs"
    )


@pytest.mark.parametrize("error", shipped(), ids=lambda error: error.code)
def test_every_problem_speaks_in_a_sentence(error: type[DomainError]) -> None:
    assert 400 <= error.status < 600
    assert error.code.replace("_", "").isalpha()
    assert error.code.islower()
    assert error.detail[0].isupper()
    assert error.detail.endswith(".")
    assert error.title[0].isupper()
    assert not error.title.endswith(".")


def test_a_code_is_given_once() -> None:
    with pytest.raises(TypeError, match="not_found is taken by NotFound"):
        type("Another", (DomainError,), {"code": "not_found"})
