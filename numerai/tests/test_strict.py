from typing import Any

import pytest
from rest_framework import serializers

from numerai.common.http.strict import StrictSerializer


class Form(StrictSerializer):
    text = serializers.CharField(required=False, allow_null=True)
    choice = serializers.ChoiceField(choices=["one", "1"], required=False)
    flag = serializers.BooleanField(required=False)
    count = serializers.IntegerField(required=False)
    day = serializers.DateField(required=False)


@pytest.mark.parametrize(
    "given",
    [
        *(
            {"text": 1},
            {"text": True},
            {"text": ["a"]},
            {"choice": 1},
            {"flag": "true"},
            {"flag": 1},
            {"flag": "false"},
        ),
        *({"count": "1"}, {"count": True}, {"count": 1.5}, {"day": 20200101}, {"text": "a", "count": "1"}),
    ],
)
def test_another_type_is_a_mistake(given: dict[str, Any]) -> None:
    form = Form(data=given)
    assert not form.is_valid()
    assert set(form.errors) <= set(given)


@pytest.mark.parametrize(
    "given", [{"text": "1"}, {"text": None}, {"choice": "1"}, {"flag": False}, {"count": 0}, {"day": "2020-01-01"}, {}]
)
def test_the_right_type_passes(given: dict[str, Any]) -> None:
    assert Form(data=given).is_valid()


@pytest.mark.parametrize("given", [[], "text", 1, None])
def test_what_is_no_object_is_refused_as_ever(given: Any) -> None:
    assert not Form(data=given).is_valid()
