"""The answer with a whole chart, described for the API's document. The engine's `to_dict` decides what it is."""

from copy import deepcopy
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework import serializers

from numerology.engine.chart import NUMBERS
from numerology.engine.choices import CHOICES

Schema = dict[str, Any]

INTEGER: Schema = {"type": "integer"}
TEXT: Schema = {"type": "string"}
BOOLEAN: Schema = {"type": "boolean"}
DATE: Schema = {"type": "string", "format": "date"}


def listed(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def by_name(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def structure(description: str = "", /, **properties: Schema) -> Schema:
    """An object that has all of ``properties``."""
    told = {"description": description} if description else {}
    return {"type": "object", **told, "properties": properties, "required": list(properties)}


COMPONENTS: dict[str, Schema] = {}


def component(name: str, schema: Schema) -> Schema:
    """A reference to ``schema``, which the document has once, under ``name``."""
    COMPONENTS[name] = schema
    return {"$ref": f"#/components/schemas/{name}"}


def or_null(schema: Schema) -> Schema:
    if isinstance(schema.get("type"), str):
        return {**schema, "type": [schema["type"], "null"]}
    return {"oneOf": [schema, {"type": "null"}]}


INTEGERS, TEXTS = listed(INTEGER), listed(TEXT)
COMPONENT = component(
    "ChartSummand",
    structure(
        "One summand: `total` is what it was, `value` what was added; `letters` are pairs of a letter and its value.",
        label=TEXT,
        total=INTEGER,
        value=INTEGER,
        chain=INTEGERS,
        letters=listed({"type": "array", "items": {"type": ["string", "integer"]}}),
    ),
)
ALTERNATIVE = component(
    "ChartAlternative",
    structure(
        "What another method gives, where it differs.", method=TEXT, value=or_null(INTEGER), root=or_null(INTEGER)
    ),
)
NUMBER = component(
    "ChartNumber",
    structure(
        "`value` keeps a master, `root` never does; `chain` runs from the sum to the value. Where there is no number, "
        "`value` and `root` are null and `reason` says why.",
        value=or_null(INTEGER),
        root=or_null(INTEGER),
        chain=INTEGERS,
        calculation=TEXT,
        components=listed(COMPONENT),
        method=TEXT,
        karmic_debt=or_null(INTEGER),
        reason=or_null(TEXT),
        alternatives=listed(ALTERNATIVE),
    ),
)
STAGE = component(
    "ChartStage",
    structure(
        "From the birthday of `start_age` through the year of `end_age`; the last has no end.",
        place=INTEGER,
        name=TEXT,
        start_age=INTEGER,
        end_age=or_null(INTEGER),
        number=NUMBER,
    ),
)
CHALLENGE = component(
    "ChartChallenge",
    structure(
        "`phase` is an approximate part of life.",
        place=INTEGER,
        role=TEXT,
        phase=TEXT,
        approximate=BOOLEAN,
        read_as=INTEGER,
        number=NUMBER,
    ),
)
NAME = component(
    "ChartName",
    structure(
        "`words` in the letters that were counted, `steps` what was done to get there.",
        original=TEXT,
        calculation=TEXT,
        words=TEXTS,
        steps=TEXTS,
        transliterated=BOOLEAN,
        method=or_null(TEXT),
    ),
)
LETTER = component(
    "ChartLetter",
    structure(
        letter=or_null(TEXT),
        value=or_null(INTEGER),
        root=or_null(INTEGER),
        chain=INTEGERS,
        word=TEXT,
        method=TEXT,
        reason=or_null(TEXT),
        alternatives=listed(ALTERNATIVE),
    ),
)
CELLS = component("ChartCells", listed(listed(structure(digit=INTEGER, count=INTEGER))))
LINE = component(
    "ChartLine",
    structure(
        "A row, column or diagonal; `state` is full, partial or empty.",
        key=TEXT,
        kind=TEXT,
        digits=INTEGERS,
        names=TEXTS,
        counts=INTEGERS,
        present=INTEGER,
        state=TEXT,
    ),
)
PLANE = component(
    "ChartPlane",
    structure(
        count=INTEGER,
        value=or_null(INTEGER),
        root=or_null(INTEGER),
        chain=INTEGERS,
        letters=by_name(TEXT),
        reason=or_null(TEXT),
    ),
)
TRANSIT = component("ChartTransit", structure(name=TEXT, letter=TEXT, value=INTEGER, from_age=INTEGER, to_age=INTEGER))
DIGIT = component("ChartDigit", structure(digit=INTEGER, count=INTEGER, letters=TEXT, above_average=BOOLEAN))

# Everything in a chart that is not a plain number with its trace.
OTHERS: dict[str, Schema] = {
    "period_cycles": listed(STAGE),
    "pinnacles": listed(STAGE),
    "challenges": listed(CHALLENGE),
    "kua": structure(
        solar_year=or_null(INTEGER),
        near_boundary=BOOLEAN,
        year_starts=TEXT,
        numbers=listed(structure(gender=TEXT, direction=or_null(INTEGER), group=or_null(TEXT), number=NUMBER)),
    ),
    "lo_shu": structure(
        fill=TEXT,
        driver_rule=TEXT,
        entries=listed(structure(digit=INTEGER, source=TEXT)),
        cells=CELLS,
        counts=by_name(INTEGER),
        missing=INTEGERS,
        repeated=INTEGERS,
        lines=listed(LINE),
        full=TEXTS,
        empty=TEXTS,
    ),
    "arrows": structure(
        digits=INTEGERS, cells=CELLS, counts=by_name(INTEGER), arrows=listed(LINE), full=TEXTS, empty=TEXTS
    ),
    "psychomatrix": structure(
        working=INTEGERS, digits=INTEGERS, cells=CELLS, counts=by_name(INTEGER), disputed=BOOLEAN
    ),
    "hidden_passion": structure(
        numbers=INTEGERS,
        count=INTEGER,
        letters=TEXTS,
        method=TEXT,
        intensity=structure(letters=INTEGER, average={"type": "number"}, digits=listed(DIGIT), method=TEXT),
    ),
    "karmic_lessons": structure(numbers=INTEGERS, present=INTEGERS, method=TEXT),
    **dict.fromkeys(("cornerstone", "capstone", "keystone", "first_vowel"), LETTER),
    "planes": structure(
        physical=PLANE,
        mental=PLANE,
        emotional=PLANE,
        intuitive=PLANE,
        temperaments=by_name(INTEGER),
        method=TEXT,
    ),
    "chaldean_name": structure(
        compound=INTEGER,
        value=INTEGER,
        root=INTEGER,
        chain=INTEGERS,
        calculation=TEXT,
        meaning_of=INTEGER,
        conventional=BOOLEAN,
        components=listed(COMPONENT),
        method=TEXT,
        alternatives=listed(structure(method=TEXT, compound=INTEGER, value=INTEGER, root=INTEGER)),
    ),
    "bridges": structure(life_path_destiny=NUMBER, soul_urge_personality=NUMBER),
    "transits": structure(
        age=INTEGER,
        **dict.fromkeys(("physical", "mental", "spiritual"), or_null(TRANSIT)),
        shared=BOOLEAN,
        method=TEXT,
        reason=or_null(TEXT),
    ),
    **dict.fromkeys(("minor_destiny", "minor_soul_urge", "minor_personality"), or_null(NUMBER)),
}
CHART = component(
    "Chart",
    structure(
        "Every number under its own name, each with what made it.",
        content_hash={"type": "string", "description": "SHA-256 of the canonical form: equal inputs, equal hash."},
        engine_version=INTEGER,
        name=NAME,
        current_name=or_null(NAME),
        birth_date=DATE,
        on_date=DATE,
        age=INTEGER,
        system={"type": "string", "description": "pythagorean or chaldean"},
        options=structure(**dict.fromkeys(CHOICES, or_null(TEXT))),
        **{name: OTHERS.get(name, NUMBER) for name in NUMBERS},
        karmic_debts=listed(structure(number=INTEGER, where=TEXT, chain=INTEGERS)),
    ),
)
COMPONENTS["Chart"]["properties"]["texts"] = {
    "type": "object",
    "additionalProperties": True,
    "description": "With `texts`: a title and a text for each of them, under the same names; null where none belongs.",
}


class ChartSerializer(serializers.Serializer[Any]):
    """Stands for the answer in the document; answers are made by `representation`."""


class ChartExtension(OpenApiSerializerExtension):
    target_class = ChartSerializer

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> Schema:
        for name, schema in COMPONENTS.items():
            if name != "Chart":
                auto_schema.registry.register_on_missing(
                    ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, schema=deepcopy(schema), object=name)
                )
        return deepcopy(COMPONENTS["Chart"])
