from typing import Any, ClassVar, cast
from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import User
from numerology.pictures import answers, drawing, services
from numerology.pictures.documented import beside_schema, svg_schema
from numerology.pictures.drawing.palette import Theme
from numerology.pictures.examples import (
    BIRTH_CHART,
    COMPATIBILITY,
    CYCLES,
    LO_SHU,
    NAME,
)
from numerology.pictures.serializers import (
    PictureQuerySerializer,
    ShownBirthChartSerializer,
    ShownCompatibilitySerializer,
    ShownCyclesSerializer,
    ShownLoShuSerializer,
    ShownNameSerializer,
    ThemeQuerySerializer,
    WhoseQuerySerializer,
)


def _asked(form: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    query = form(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    return cast("dict[str, Any]", query.validated_data)


class SvgView(APIView):
    picture: ClassVar[services.Picture]
    name: ClassVar[str]

    def get(self, request: Request) -> HttpResponseBase:
        asked = _asked(PictureQuerySerializer, request)
        shown = services.told(self.picture, user=cast(User, request.user), person_id=asked.get("person_id"))
        return answers.svg(request, self.picture.draw(shown, Theme(asked["theme"])), name=self.name)


class BesideView(APIView):
    picture: ClassVar[services.Picture]
    shape: ClassVar[type[serializers.Serializer[Any]]]

    def get(self, request: Request) -> HttpResponseBase:
        asked = _asked(WhoseQuerySerializer, request)
        shown = services.told(self.picture, user=cast(User, request.user), person_id=asked.get("person_id"))
        return answers.beside(request, self.shape(shown).data)


@extend_schema_view(
    get=svg_schema(
        "birth_chart",
        "My nine numbers as a picture",
        "A wheel of the nine numbers around the Life Path, masters set off, and how each was calculated.",
    )
)
class BirthChartSvgView(SvgView):
    picture, name = services.BIRTH_CHART, "birth-chart"


@extend_schema_view(
    get=beside_schema(
        "birth_chart", "What the picture of my nine numbers shows", ShownBirthChartSerializer, BIRTH_CHART
    )
)
class BirthChartBesideView(BesideView):
    picture, shape = services.BIRTH_CHART, ShownBirthChartSerializer


@extend_schema_view(
    get=svg_schema(
        "lo_shu",
        "My Lo Shu grid as a picture",
        "The grid with each digit as often as the birth date has it, missing ones dashed, full lines drawn through. "
        "Needs a plan with the whole chart (402 `plan_required`).",
        needs_plan=True,
    )
)
class LoShuSvgView(SvgView):
    picture, name = services.LO_SHU, "lo-shu"


@extend_schema_view(
    get=beside_schema(
        "lo_shu", "What the picture of my Lo Shu grid shows", ShownLoShuSerializer, LO_SHU, needs_plan=True
    )
)
class LoShuBesideView(BesideView):
    picture, shape = services.LO_SHU, ShownLoShuSerializer


@extend_schema_view(
    get=svg_schema(
        "cycles",
        "The cycles of my life as a picture",
        "A timeline from birth through the age of 100: Period Cycles, Pinnacles, Challenges (approximate) and Essence, "
        "with a line at today, and the Personal Years around it. Needs a plan with the whole chart (402 "
        "`plan_required`).",
        needs_plan=True,
    )
)
class CyclesSvgView(SvgView):
    picture, name = services.CYCLES, "cycles"


@extend_schema_view(
    get=beside_schema(
        "cycles", "What the picture of the cycles of my life shows", ShownCyclesSerializer, CYCLES, needs_plan=True
    )
)
class CyclesBesideView(BesideView):
    picture, shape = services.CYCLES, ShownCyclesSerializer


@extend_schema_view(
    get=svg_schema(
        "name",
        "My name in letters and values",
        "A tile for each letter that is counted, vowels set off, with the sums of each word and the three numbers of "
        "the name. A name in another script stands as it was typed above the Latin letters.",
    )
)
class NameSvgView(SvgView):
    picture, name = services.NAME, "name"


@extend_schema_view(get=beside_schema("name", "What the picture of my name shows", ShownNameSerializer, NAME))
class NameBesideView(BesideView):
    picture, shape = services.NAME, ShownNameSerializer


@extend_schema_view(
    get=svg_schema(
        "compatibility",
        "One of my checks as a picture",
        "The score on an arc and a bar for each position. Needs a plan with compatibility (402 `plan_required`).",
        needs_plan=True,
        query=ThemeQuerySerializer,
    )
)
class CompatibilitySvgView(APIView):
    def get(self, request: Request, check_id: UUID) -> HttpResponseBase:
        theme = Theme(_asked(ThemeQuerySerializer, request)["theme"])
        shown = services.compared(user=cast(User, request.user), check_id=check_id)
        return answers.svg(request, drawing.compatibility(shown, theme), name="compatibility")


@extend_schema_view(
    get=beside_schema(
        "compatibility",
        "What the picture of one of my checks shows",
        ShownCompatibilitySerializer,
        COMPATIBILITY,
        needs_plan=True,
        query=None,
    )
)
class CompatibilityBesideView(APIView):
    def get(self, request: Request, check_id: UUID) -> HttpResponseBase:
        shown = services.compared(user=cast(User, request.user), check_id=check_id)
        return answers.beside(request, ShownCompatibilitySerializer(shown).data)
