from datetime import date
from typing import Any

from rest_framework import serializers

from accounts.profiles.fields import BirthDateField, FullNameField, PlainTextField
from numerai.common.http.fields import IdField, ShortListField
from numerai.common.http.strict import StrictSerializer
from numerology.charts.models import CalculationSystem
from numerology.compatibility.groups import LARGEST
from numerology.compatibility.models import LONGEST_NAME, CompatibilityCheck, RelationshipType
from numerology.compatibility.sides import Side
from numerology.engine.compatibility.levels import Level
from numerology.engine.compatibility.score import WEIGHTS, Relationship
from numerology.engine.errors import LatinNameRequiredError, NameWithoutLettersError
from numerology.engine.names.normalize import normalize_name
from numerology.errors import LatinNameRequired, NameWithoutLetters

POSITIONS = list(WEIGHTS[Relationship.ROMANTIC])
LATIN_NAME = "The name in Latin letters, for scripts that leave vowels or readings unwritten."


class RelationshipTypeField(serializers.ChoiceField):
    default_error_messages = {"invalid_choice": f"Enter one of: {', '.join(RelationshipType.values)}."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=RelationshipType.choices, **kwargs)


class SystemField(serializers.ChoiceField):
    default_error_messages = {"invalid_choice": f"Enter one of: {', '.join(CalculationSystem.values)}."}

    def __init__(self) -> None:
        super().__init__(
            choices=CalculationSystem.choices, required=False, help_text="By default that of one's own numbers."
        )


def refuse_future(day: date, *, field: str, today: date) -> None:
    if day > today:
        raise serializers.ValidationError({field: [BirthDateField.default_error_messages["future"]]}, code="future")


def refuse_uncountable(name: str, latin_name: str, *, field: str, latin_field: str) -> None:
    """Raises ValidationError for the one of the two that numbers cannot be made from."""
    try:
        is_read = normalize_name(latin_name or name).transliterated
    except LatinNameRequiredError:
        is_read = True
        latin_name = latin_name or name
    except NameWithoutLettersError:
        where = latin_field if latin_name else field
        raise serializers.ValidationError(
            {where: [NameWithoutLetters.of_another]}, code=NameWithoutLetters.code
        ) from None
    if is_read and latin_name:
        raise serializers.ValidationError({latin_field: [LatinNameRequired.of_another]}, code=LatinNameRequired.code)


class CompatibilityInputSerializer(StrictSerializer):
    """``context["today"]`` is the day it is for the person."""

    partner_name = FullNameField(help_text="The full name at birth.")
    partner_birth_date = BirthDateField()
    relationship_type = RelationshipTypeField()
    partner_latin_name = PlainTextField(max_length=LONGEST_NAME, required=False, allow_blank=True, help_text=LATIN_NAME)
    system = SystemField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_future(attrs["partner_birth_date"], field="partner_birth_date", today=self.context["today"])
        refuse_uncountable(
            attrs["partner_name"],
            attrs.get("partner_latin_name", ""),
            field="partner_name",
            latin_field="partner_latin_name",
        )
        return attrs

    def partner(self) -> Side:
        given = self.validated_data
        return Side(
            name=given["partner_name"],
            latin_name=given.get("partner_latin_name", ""),
            birth_date=given["partner_birth_date"],
        )


class MasterNoteSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    title = serializers.CharField()
    text = serializers.CharField()


class PositionScoreSerializer(serializers.Serializer[Any]):
    position = serializers.ChoiceField(choices=[(each.value, each.value) for each in POSITIONS])
    you = serializers.IntegerField(allow_null=True)
    partner = serializers.IntegerField(allow_null=True)
    level = serializers.ChoiceField(
        choices=[(each.value, each.value) for each in Level], allow_null=True, help_text="null where one has no number."
    )
    points = serializers.IntegerField(help_text="0 to 100, by the level.")
    weight = serializers.IntegerField(help_text="In percent, by the type of relationship.")
    share = serializers.FloatField(help_text="The weight, once positions without a number are left out.")
    contribution = serializers.FloatField(help_text="What it adds to the score, at most `share`.")
    masters = MasterNoteSerializer(many=True, help_text="Which count by their roots.")
    is_left_out = serializers.BooleanField()


class BreakdownSerializer(serializers.Serializer[Any]):
    score = serializers.IntegerField()
    level = serializers.ChoiceField(choices=[(each.value, each.value) for each in Level])
    total = serializers.FloatField(help_text="The sum of the contributions, which `score` is rounded from.")
    positions = PositionScoreSerializer(many=True)
    is_reweighted = serializers.BooleanField(help_text="Whether a position was left out.")
    method = serializers.CharField()
    version = serializers.CharField(help_text="Of the way of scoring.")


class TogetherSerializer(serializers.Serializer[Any]):
    sum = serializers.IntegerField()
    sum_root = serializers.IntegerField()
    sum_chain = serializers.ListField(child=serializers.IntegerField())
    difference = serializers.IntegerField()
    calculation = serializers.CharField()
    method = serializers.CharField()
    sum_title = serializers.CharField()
    sum_text = serializers.CharField()
    difference_title = serializers.CharField()
    difference_text = serializers.CharField()


class CompatibilityCheckSerializer(serializers.ModelSerializer[CompatibilityCheck]):
    calculation_system = serializers.ChoiceField(choices=CalculationSystem.values)
    strengths = serializers.ListField(child=serializers.CharField())
    challenges = serializers.ListField(child=serializers.CharField())
    breakdown = BreakdownSerializer()
    together = TogetherSerializer()

    class Meta:
        model = CompatibilityCheck
        fields = [
            "id",
            "user",
            "full_name",
            "latin_name",
            "birth_date",
            "partner_name",
            "partner_latin_name",
            "partner_birth_date",
            "relationship_type",
            "calculation_system",
            "compatibility_score",
            "title",
            "summary",
            "strengths",
            "challenges",
            "advice",
            "breakdown",
            "together",
            "checked_on",
            "created_at",
        ]
        read_only_fields = fields


class MatrixEntrySerializer(StrictSerializer):
    """Somebody whom the person keeps, by `person_id`, or anybody else by name and birth date."""

    person_id = IdField(required=False)
    name = FullNameField(required=False)
    birth_date = BirthDateField(required=False)
    latin_name = PlainTextField(max_length=LONGEST_NAME, required=False, allow_blank=True, help_text=LATIN_NAME)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "person_id" in attrs:
            if len(attrs) > 1:
                raise serializers.ValidationError({"person_id": ["Give either this or a name and a birth date."]})
            return attrs
        missing = {name: ["This field is required."] for name in ("name", "birth_date") if name not in attrs}
        if missing:
            raise serializers.ValidationError(missing, code="required")
        refuse_future(attrs["birth_date"], field="birth_date", today=self.context["today"])
        refuse_uncountable(attrs["name"], attrs.get("latin_name", ""), field="name", latin_field="latin_name")
        return attrs


class MatrixInputSerializer(StrictSerializer):
    """``context["today"]`` is the day it is for the person."""

    people = ShortListField(child=MatrixEntrySerializer(), min_length=1, max_length=LARGEST)
    relationship_type = RelationshipTypeField()
    include_me = serializers.BooleanField(default=True, help_text="Whether oneself is one of the group, the first.")
    system = SystemField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        entries = attrs["people"]
        if not 2 <= len(entries) + attrs["include_me"] <= LARGEST:
            raise serializers.ValidationError({"people": [f"A group has 2 to {LARGEST} people."]}, code="group_size")
        if len({tuple(sorted((name, str(value)) for name, value in each.items())) for each in entries}) < len(entries):
            raise serializers.ValidationError({"people": ["Name everybody once."]}, code="repeated")
        return attrs

    def sides(self) -> list[Side]:
        return [
            Side(
                name=each.get("name", ""),
                latin_name=each.get("latin_name", ""),
                birth_date=each.get("birth_date", date.min),
                person_id=each.get("person_id"),
            )
            for each in self.validated_data["people"]
        ]


class MatrixPersonSerializer(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    name = serializers.CharField()
    birth_date = serializers.DateField()
    person_id = serializers.UUIDField(allow_null=True)
    is_me = serializers.BooleanField()
    life_path_number = serializers.IntegerField()


class MatrixPairSerializer(serializers.Serializer[Any]):
    a = serializers.IntegerField(help_text="The `index` of one.")
    b = serializers.IntegerField(help_text="The `index` of the other, the larger one.")
    compatibility_score = serializers.IntegerField()
    level = serializers.ChoiceField(choices=[(each.value, each.value) for each in Level])
    title = serializers.CharField(help_text="What the two Life Paths are to each other.")
    levels = serializers.DictField(
        child=serializers.ChoiceField(choices=[(each.value, each.value) for each in Level], allow_null=True),
        help_text="The level of each position; null where one of the two has no number.",
    )


class MatrixSerializer(serializers.Serializer[Any]):
    relationship_type = RelationshipTypeField(source="relationship")
    calculation_system = serializers.ChoiceField(choices=CalculationSystem.values, source="system")
    people = MatrixPersonSerializer(many=True)
    pairs = MatrixPairSerializer(many=True)
    group_score = serializers.IntegerField(help_text="The mean of all pairs.")
    score_version = serializers.CharField()
