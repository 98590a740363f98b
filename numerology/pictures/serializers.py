from typing import Any

from rest_framework import serializers

from numerai.common.http.fields import IdField
from numerology.pictures.drawing.palette import Theme

ALTERNATIVE = "A sentence that says what the picture shows, for those who cannot see it."


class ThemeQuerySerializer(serializers.Serializer[Any]):
    theme = serializers.ChoiceField(
        choices=[(each.value, each.value) for each in Theme],
        default=Theme.AUTO.value,
        error_messages={"invalid_choice": f"Enter one of: {', '.join(Theme)}."},
        help_text="`auto` follows what the reader's device prefers.",
    )


class WhoseQuerySerializer(serializers.Serializer[Any]):
    person_id = IdField(required=False, help_text="Somebody one keeps; by default oneself.")


class PictureQuerySerializer(ThemeQuerySerializer, WhoseQuerySerializer):
    pass


class WhoseSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="As it was typed.")
    counted_as = serializers.CharField(help_text="The letters A to Z that were counted.")
    birth_date = serializers.DateField()
    calculation_system = serializers.CharField()


class ShownSerializer(serializers.Serializer[Any]):
    """What every picture of a person says."""

    title = serializers.CharField()
    description = serializers.CharField(help_text=ALTERNATIVE)
    person = WhoseSerializer(source="whose")


class ShownNumberSerializer(serializers.Serializer[Any]):
    position = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.IntegerField(allow_null=True, help_text="null where the name cannot have the number.")
    is_master = serializers.BooleanField()
    karmic_debt = serializers.IntegerField(allow_null=True)
    calculation = serializers.CharField()
    meaning = serializers.CharField()


class ShownBirthChartSerializer(ShownSerializer):
    on_date = serializers.DateField()
    numbers = ShownNumberSerializer(many=True)


class ShownCellSerializer(serializers.Serializer[Any]):
    digit = serializers.IntegerField()
    count = serializers.IntegerField()


class ShownLineSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    kind = serializers.CharField(help_text="row, column or diagonal")
    digits = serializers.ListField(child=serializers.IntegerField())
    name = serializers.CharField()
    present = serializers.IntegerField(help_text="How many of its three digits are there.")
    state = serializers.CharField(help_text="full, partial or empty")


class ShownLoShuSerializer(ShownSerializer):
    fill = serializers.CharField(help_text="What is written into the grid.")
    cells = serializers.ListField(child=ShownCellSerializer(many=True), help_text="The rows, from the top.")
    lines = ShownLineSerializer(many=True)
    missing = serializers.ListField(child=serializers.IntegerField())
    repeated = serializers.ListField(child=serializers.IntegerField())


class ShownSpanSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    value = serializers.IntegerField()
    calculation = serializers.CharField()
    start_age = serializers.IntegerField()
    end_age = serializers.IntegerField(allow_null=True, help_text="The last year of it; null for the rest of life.")
    start_year = serializers.IntegerField()
    is_current = serializers.BooleanField()


class ShownChallengeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    phase = serializers.CharField(help_text="early, mid, whole_life or late")
    value = serializers.IntegerField()
    read_as = serializers.IntegerField(help_text="The number whose quality it has.")
    calculation = serializers.CharField()
    start_age = serializers.IntegerField(help_text="Approximate, as is the other: where it is drawn.")
    end_age = serializers.IntegerField(allow_null=True)


class ShownEssenceSerializer(serializers.Serializer[Any]):
    letters = serializers.CharField()
    value = serializers.IntegerField()
    start_age = serializers.IntegerField()
    end_age = serializers.IntegerField()
    start_year = serializers.IntegerField()
    is_current = serializers.BooleanField()


class ShownPersonalYearSerializer(serializers.Serializer[Any]):
    year = serializers.IntegerField()
    value = serializers.IntegerField()
    is_current = serializers.BooleanField()


class ShownCyclesSerializer(ShownSerializer):
    on_date = serializers.DateField(help_text="Today, where the caller lives.")
    age = serializers.IntegerField()
    exact_age = serializers.FloatField(allow_null=True, help_text="Where today lies; null where it is not drawn.")
    period_cycles = ShownSpanSerializer(many=True)
    pinnacles = ShownSpanSerializer(many=True)
    challenges = ShownChallengeSerializer(many=True)
    essence = ShownEssenceSerializer(many=True)
    personal_years = ShownPersonalYearSerializer(many=True)


class ShownLetterSerializer(serializers.Serializer[Any]):
    letter = serializers.CharField()
    value = serializers.IntegerField()
    is_vowel = serializers.BooleanField()


class ShownWordSerializer(serializers.Serializer[Any]):
    word = serializers.CharField()
    letters = ShownLetterSerializer(many=True)
    all_letters = serializers.ListField(child=serializers.IntegerField(), help_text="From their sum down.")
    vowels = serializers.ListField(child=serializers.IntegerField())
    consonants = serializers.ListField(child=serializers.IntegerField())


class ShownNameNumberSerializer(serializers.Serializer[Any]):
    position = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.IntegerField(allow_null=True)
    counts = serializers.CharField(help_text="Which letters make it.")
    calculation = serializers.CharField()


class ShownNameSerializer(ShownSerializer):
    vowel_rule = serializers.CharField()
    words = ShownWordSerializer(many=True)
    numbers = ShownNameNumberSerializer(many=True)


class ShownPositionSerializer(serializers.Serializer[Any]):
    position = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    you = serializers.IntegerField(allow_null=True)
    partner = serializers.IntegerField(allow_null=True)
    level = serializers.CharField(allow_null=True, help_text="null where one of the two has no number.")
    points = serializers.IntegerField()
    share = serializers.FloatField(help_text="The weight in percent.")
    contribution = serializers.FloatField(help_text="What it adds to the score, at most `share`.")


class ShownCompatibilitySerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    description = serializers.CharField(help_text=ALTERNATIVE)
    your_name = serializers.CharField()
    partner_name = serializers.CharField()
    your_birth_date = serializers.DateField()
    partner_birth_date = serializers.DateField()
    relationship_type = serializers.CharField()
    score = serializers.IntegerField()
    level = serializers.CharField()
    heading = serializers.CharField()
    positions = ShownPositionSerializer(many=True)
