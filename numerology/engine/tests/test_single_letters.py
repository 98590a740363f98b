from __future__ import annotations

from numerology.engine.from_name.single_letters.capstone import capstone
from numerology.engine.from_name.single_letters.cornerstone import cornerstone
from numerology.engine.from_name.single_letters.first_vowel import first_vowel
from numerology.engine.from_name.single_letters.keystone import keystone
from numerology.engine.names.letters import LetteredName, letter_name
from numerology.engine.names.normalize import normalize_name
from numerology.engine.options import CalculationSystem, LetterMarks, VowelRule
from numerology.engine.result import Alternative, MissingReason


def lettered(name: str, rule: VowelRule = VowelRule.DECOZ) -> LetteredName:
    return letter_name(normalize_name(name, marks=LetterMarks.OBEYED), vowel_rule=rule)


def test_the_letters_of_the_first_name() -> None:
    name = lettered("Thomas Cruise Mapother")
    assert cornerstone(name).to_dict() == {
        "letter": "T",
        "value": 2,
        "root": 2,
        "chain": [2],
        "word": "THOMAS",
        "method": "first_letter_of_first_name",
        "reason": None,
        "alternatives": [],
    }
    last = capstone(name)
    assert (last.letter and last.letter.character, last.value, last.position) == ("S", 1, "capstone")
    assert last.method == "last_letter_of_first_name"
    vowel = first_vowel(name)
    assert (vowel.letter and vowel.letter.character, vowel.value, vowel.root, vowel.chain) == ("O", 6, 6, (6,))
    assert (vowel.position, vowel.method, vowel.alternatives) == (
        "first_vowel",
        "first_vowel_of_first_name+decoz",
        (),
    )


def test_only_names_of_odd_length_have_a_keystone() -> None:
    odd = keystone(lettered("Maria Lee"))
    assert (odd.letter and odd.letter.character, odd.reason, odd.position) == ("R", None, "keystone")
    even = keystone(lettered("Thomas Lee"))
    assert (even.letter, even.value, even.root, even.chain) == (None, None, None, ())
    assert (even.reason, even.method) == (MissingReason.NO_MIDDLE_LETTER, "middle_letter_of_first_name")
    assert even.to_dict()["letter"] is None


def test_a_rule_that_sees_another_first_vowel_is_listed() -> None:
    vowel = first_vowel(lettered("Lynn Smith"))
    assert (vowel.letter and vowel.letter.character, vowel.value) == ("Y", 7)
    assert vowel.alternatives == (Alternative(method="first_vowel_of_first_name+y_never_vowel", value=None, root=None),)
    none = first_vowel(lettered("Lynn Smith", VowelRule.NEVER))
    assert (none.letter, none.reason) == (None, MissingReason.NO_VOWELS)
    assert {each.method.split("+")[1]: each.value for each in none.alternatives} == {
        "decoz": 7,
        "goodwin": 7,
        "y_always_vowel": 7,
        "y_vowel_concatenated": 7,
    }
    # Every rule agrees on the first vowel of Amy, though not on its last letter.
    assert first_vowel(lettered("Amy")).alternatives == ()


def test_a_mark_decides_the_first_vowel() -> None:
    vowel = first_vowel(lettered("Wy#nn Ida"))
    assert (vowel.letter, vowel.method) == (None, "first_vowel_of_first_name+decoz+marked")
    assert [(each.method, each.value) for each in vowel.alternatives] == [("first_vowel_of_first_name+decoz", 7)]


def test_values_follow_the_system() -> None:
    name = letter_name(normalize_name("Thomas"), system=CalculationSystem.CHALDEAN)
    assert (cornerstone(name).value, capstone(name).value, first_vowel(name).value) == (4, 3, 7)
