"""What the person says about a Y or W, and what is proposed where a script leaves vowels out."""

from __future__ import annotations

import pytest

from numerology.engine.errors import LatinNameRequiredError
from numerology.engine.from_name.personality import personality
from numerology.engine.from_name.soul_urge import soul_urge
from numerology.engine.names.letters import LetteredName, letter_name
from numerology.engine.names.marks import LetterMark
from numerology.engine.names.normalize import normalize_name
from numerology.engine.names.proposal import propose_latin
from numerology.engine.options import LetterMarks, ParticlePolicy, VowelRule


def marked(name: str, rule: VowelRule = VowelRule.DECOZ) -> LetteredName:
    return letter_name(normalize_name(name, marks=LetterMarks.OBEYED), vowel_rule=rule)


def vowels(name: LetteredName) -> str:
    return "".join(letter.character for word in name.words for letter in word.letters if letter.is_vowel)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Lowell", "OE"),
        ("Low*ell", "OWE"),
        ("Kenya", "EYA"),
        ("Keny#a", "EA"),
        ("Doy*le", "OYE"),
        ("Sy#dney*", "EY"),
        ("Ly\N{FULLWIDTH NUMBER SIGN}nn", ""),
    ],
)
def test_marks_overrule_the_rule(name: str, expected: str) -> None:
    assert vowels(marked(name)) == expected


@pytest.mark.parametrize("rule", list(VowelRule))
def test_marks_overrule_every_rule(rule: VowelRule) -> None:
    assert vowels(marked("Low*ell Keny#a", rule)) == "OWEEA"
    assert vowels(marked("Low#ell Keny*a", rule)) == "OEEYA"


def test_marks_are_kept_with_their_places_and_steps() -> None:
    name = normalize_name("Dr. Maya* W# van Low*e Y*#ve* Jr.", marks=LetterMarks.OBEYED, particles=ParticlePolicy.JOIN)
    assert name.words == ("MAYA", "W", "VANLOWE", "YVE")
    assert name.marks == (
        LetterMark(word=1, letter=0, is_vowel=False),
        LetterMark(word=2, letter=5, is_vowel=True),
        LetterMark(word=3, letter=0, is_vowel=True),
    )
    assert name.steps == (
        "title_dropped:DR",
        "suffix_dropped:JR",
        "particles_joined",
        "consonant_marked:W:1",
        "vowel_marked:VANLOWE:6",
        "vowel_marked:YVE:1",
    )


def test_marks_are_separators_unless_asked_for() -> None:
    assert normalize_name("Low*ell").words == ("LOW", "ELL")
    assert normalize_name("Low*ell").marks == ()
    assert normalize_name("A*nn#", marks=LetterMarks.OBEYED).words == ("ANN",)


def test_the_effect_of_a_mark_is_shown() -> None:
    number = soul_urge(marked("Lowell"))
    assert (number.value, number.method) == (11, "per_name+keep_master+decoz")
    assert [(each.method, each.value, each.root) for each in number.alternatives] == [
        ("sum_of_roots+keep_master+decoz", 2, 2),
        ("per_name+no_master+decoz", 2, 2),
        ("per_name+keep_master+goodwin", 7, 7),
    ]
    decided = soul_urge(marked("Low*ell"))
    assert (decided.value, decided.calculation) == (7, "16 = 7")
    assert decided.method == "per_name+keep_master+decoz+marked"
    assert [(each.method, each.value, each.root) for each in decided.alternatives] == [
        ("per_name+keep_master+decoz", 11, 2)
    ]
    assert personality(marked("Low*ell")).chain == (9,)
    assert [(each.method, each.value) for each in personality(marked("Low*ell")).alternatives] == [
        ("per_name+keep_master+decoz", 5)
    ]


def test_other_ways_of_adding_are_listed_where_they_differ() -> None:
    number = soul_urge(marked("Carolyn Sylvia Young"))
    assert number.value == 22
    assert {each.method: each.value for each in number.alternatives} == {
        "all_letters+keep_master+decoz": 4,
        "per_name+no_master+decoz": 4,
        "per_name+keep_master+y_always_vowel": 2,
        "per_name+keep_master+y_never_vowel": 8,
    }


def test_a_rule_that_leaves_no_vowel_is_listed_without_a_number() -> None:
    others = {each.method: (each.value, each.root) for each in soul_urge(marked("Lynn")).alternatives}
    assert others["per_name+keep_master+y_never_vowel"] == (None, None)


@pytest.mark.parametrize(
    ("name", "proposal"),
    [
        ("李明", "Li Ming"),
        ("김민준", "Gim Min Jun"),
        ("さくら", "Sakura"),
        ("John 李", "John Li"),
        ("محمد", "Mhmd"),
        ("शिव-राम 3", "Siv Ram"),
    ],
)
def test_scripts_that_leave_readings_open_get_a_proposal(name: str, proposal: str) -> None:
    with pytest.raises(LatinNameRequiredError) as caught:
        normalize_name(name, field="latin_name")
    assert caught.value.field == "latin_name"
    assert caught.value.proposal is not None
    assert caught.value.proposal.to_dict() == {"latin_name": proposal, "method": "anyascii", "transliterated": True}
    assert normalize_name(proposal).words


def test_where_there_is_no_guess_there_is_no_proposal() -> None:
    assert propose_latin("\N{ESTIMATED SYMBOL} 12") is None
    assert propose_latin("") is None


@pytest.mark.parametrize(
    ("name", "words", "dropped"),
    [
        ("John Smith 3rd", ("JOHN", "SMITH"), "3RD"),
        ("John Smith, (2nd).", ("JOHN", "SMITH"), "2ND"),
        ("John Smith Jr. 4th ", ("JOHN", "SMITH"), "4TH"),
    ],
)
def test_ordinals_are_no_names(name: str, words: tuple[str, ...], dropped: str) -> None:
    found = normalize_name(name)
    assert found.words == words
    assert f"suffix_dropped:{dropped}" in found.steps


def test_only_a_last_ordinal_is_dropped() -> None:
    assert normalize_name("3rd").words == ("RD",)
    assert normalize_name("2nd Lee").words == ("ND", "LEE")
    assert normalize_name("Mary\N{MINUS SIGN}Jane").words == ("MARY", "JANE")


def test_other_vowels_that_come_to_the_same_number_are_not_listed() -> None:
    name = marked("Kay Lowe Owe Awe Ewe")
    assert vowels(name) == "AOEOEAEEE"
    goodwin = marked("Kay Lowe Owe Awe Ewe", VowelRule.GOODWIN)
    assert vowels(goodwin) == "AYOWEOWEAWEEWE"
    assert (soul_urge(name).chain, soul_urge(goodwin).chain) == ((30, 3), (39, 12, 3))
    assert "per_name+keep_master+goodwin" not in {each.method for each in soul_urge(name).alternatives}
    assert "goodwin" in {reading.label for reading in name.others}


def test_ideographs_that_stand_among_the_compatible_ones_are_syllables_too() -> None:
    proposal = propose_latin("\N{CJK COMPATIBILITY IDEOGRAPH-FA0E}\N{CJK COMPATIBILITY IDEOGRAPH-FA11}")
    assert proposal is not None
    assert proposal.latin_name == "So Ki"
