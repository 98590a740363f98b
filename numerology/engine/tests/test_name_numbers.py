from __future__ import annotations

from numerology.engine.from_name.balance import balance
from numerology.engine.from_name.destiny import destiny
from numerology.engine.from_name.personality import personality
from numerology.engine.from_name.soul_urge import soul_urge
from numerology.engine.names.letters import LetteredName, letter_name
from numerology.engine.names.normalize import normalize_name
from numerology.engine.options import CalculationSystem, MasterPolicy, NameMethod, Options, VowelRule
from numerology.engine.result import MissingReason


def lettered(
    name: str,
    system: CalculationSystem = CalculationSystem.PYTHAGOREAN,
    rule: VowelRule = VowelRule.DECOZ,
) -> LetteredName:
    return letter_name(normalize_name(name), system=system, vowel_rule=rule)


def test_destiny_reduces_each_name_before_adding() -> None:
    number = destiny(lettered("Thomas Cruise Mapother"))
    assert [part.chain for part in number.components] == [(22,), (30, 3), (42, 6)]
    assert (number.value, number.chain, number.calculation) == (4, (31, 4), "22 + 3 + 6 = 31 = 4")
    assert [(letter.character, letter.value) for letter in number.components[1].letters] == [
        ("C", 3),
        ("R", 9),
        ("U", 3),
        ("I", 9),
        ("S", 1),
        ("E", 5),
    ]
    assert number.method == "per_name+keep_master"


def test_destiny_carries_the_debt_of_its_final_total() -> None:
    assert destiny(lettered("William Bradley Pitt")).karmic_debt == 13


def test_fully_reduced_names_keep_a_master_only_at_the_end() -> None:
    options = Options(name_method=NameMethod.SUM_OF_ROOTS)
    number = destiny(lettered("Thomas Cruise Mapother"), options=options)
    assert [part.value for part in number.components] == [4, 3, 6]
    assert (number.chain, number.karmic_debt) == ((13, 4), 13)
    assert destiny(lettered("Mary Lynn Smith"), options=options).value == 11


def test_soul_urge_and_personality_share_the_letters_between_them() -> None:
    name = lettered("Emily Jennifer Stone")
    vowels = [letter.character for part in soul_urge(name).components for letter in part.letters]
    consonants = [letter.character for part in personality(name).components for letter in part.letters]
    assert "".join(vowels) == "EIYEIEOE"
    assert sorted(vowels + consonants) == sorted("EMILYJENNIFERSTONE")
    assert soul_urge(name).method == "per_name+keep_master+decoz"


def test_a_name_without_vowels_has_no_soul_urge() -> None:
    number = soul_urge(lettered("Lynn", rule=VowelRule.NEVER))
    assert (number.value, number.root, number.chain, number.components) == (None, None, (), ())
    assert number.reason is MissingReason.NO_VOWELS
    assert (number.calculation, number.karmic_debt) == ("", None)


def test_a_name_without_consonants_has_no_personality() -> None:
    number = personality(lettered("Aoi Ea"))
    assert (number.value, number.reason) == (None, MissingReason.NO_CONSONANTS)


def test_initials_without_a_vowel_add_nothing_to_the_soul_urge() -> None:
    number = soul_urge(lettered("J. R. R. Tolkien"))
    assert [part.label for part in number.components] == ["TOLKIEN"]
    assert number.calculation == "20 = 2"


def test_balance_counts_accented_initials() -> None:
    number = balance(lettered("Álvaro Díaz Quiroz"))
    assert (number.value, number.chain, number.calculation) == (4, (13, 4), "1 + 4 + 8 = 13 = 4")
    assert balance(lettered("Bo Ray")).chain == (11, 2)


def test_chaldean_numbers_take_all_letters_and_their_root() -> None:
    name = lettered("John Smith", CalculationSystem.CHALDEAN)
    number = destiny(name)
    assert (number.value, number.root, number.chain) == (8, 8, (35, 8))
    assert number.karmic_debt is None
    assert number.method == "all_letters+no_master"
    assert soul_urge(name).chain == (8,)
    assert personality(name).chain == (27, 9)
    assert balance(name).chain == (4,)


def test_chaldean_reports_no_debts_and_keeps_masters_only_on_request() -> None:
    fourteen = destiny(lettered("Dora", CalculationSystem.CHALDEAN))
    assert (fourteen.chain, fourteen.karmic_debt) == ((14, 5), None)
    name = lettered("John Adam Smith", CalculationSystem.CHALDEAN)
    cheiro = destiny(name, options=Options(name_method=NameMethod.SUM_OF_ROOTS))
    assert (cheiro.calculation, cheiro.chain) == ("9 + 1 + 8 = 18 = 9", (18, 9))
    eleven = lettered("Ana Kay", CalculationSystem.CHALDEAN)
    assert destiny(eleven).chain == (11, 2)
    assert destiny(eleven, options=Options(name_masters=MasterPolicy.KEEP)).chain == (11,)


def test_a_single_name_is_its_own_final_total() -> None:
    number = destiny(lettered("Anna"))
    assert (number.chain, number.calculation, number.karmic_debt) == ((12, 3), "12 = 3", None)
    assert destiny(lettered("Ida Mo")).calculation == "5 + 1 = 6"
    assert destiny(lettered("Kim")).chain == (15, 6)
    assert destiny(lettered("Em")).chain == (9,)
    assert destiny(lettered("Liz")).karmic_debt is None
    assert destiny(lettered("Hal", CalculationSystem.PYTHAGOREAN)).chain == (12, 3)
    assert destiny(lettered("Ned")).karmic_debt == 14
