from __future__ import annotations

import pytest

from numerology.engine.errors import InvalidNameError, LatinNameRequiredError, NameWithoutLettersError
from numerology.engine.names.letters import CHALDEAN, PYTHAGOREAN
from numerology.engine.names.normalize import normalize_name
from numerology.engine.names.vowels import LetterRole, vowel_flags, y_roles
from numerology.engine.options import ParticlePolicy, UmlautPolicy, VowelRule


def words(name: str, **options: object) -> list[str]:
    return list(normalize_name(name, **options).words)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Shaun O'Neil", ["SHAUN", "ONEIL"]),
        ("Shaun O\N{RIGHT SINGLE QUOTATION MARK}Neil", ["SHAUN", "ONEIL"]),
        ("Shaun O\N{ACUTE ACCENT}Neil", ["SHAUN", "ONEIL"]),
        ("Shaun O\N{MODIFIER LETTER APOSTROPHE}Neil", ["SHAUN", "ONEIL"]),
        ("Shaun O`Neil", ["SHAUN", "ONEIL"]),
        ("Kaha\N{MODIFIER LETTER TURNED COMMA}ulani", ["KAHAULANI"]),
        ("Aina Gal·la", ["AINA", "GALLA"]),
        ("Mary-Jane", ["MARY", "JANE"]),
        ("Mary\u2010Jane", ["MARY", "JANE"]),
        ("Smith, John", ["SMITH", "JOHN"]),
        ("John\u00a0Smith", ["JOHN", "SMITH"]),
        ("John\tSmith\n", ["JOHN", "SMITH"]),
        ("J0hn Sm1th", ["JHN", "SMTH"]),
        ("Anna 😀 Lee", ["ANNA", "LEE"]),
        ("An\u00adna", ["ANNA"]),
        ("Groß", ["GROSS"]),
        ("Þór Øystein", ["THOR", "OYSTEIN"]),
        ("Ångström", ["ANGSTROM"]),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A}nna", ["ANNA"]),
        ("\N{MATHEMATICAL BOLD CAPITAL A}nna", ["ANNA"]),
        ("Юлия Чехова", ["YULIYA", "CHEKHOVA"]),
        ("Игорь", ["IGOR"]),
        ("Jo\N{MODIFIER LETTER VERTICAL LINE}hn", ["JOHN"]),
        ("\N{LATIN SMALL LETTER N PRECEDED BY APOSTROPHE}dia", ["NDIA"]),
    ],
)
def test_words(name: str, expected: list[str]) -> None:
    assert words(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dr. John Smith Jr.", ["JOHN", "SMITH"]),
        ("Prof. Dr. Anna Lee", ["ANNA", "LEE"]),
        ("John Smith Jr. PhD", ["JOHN", "SMITH"]),
        ("John Smith, Ph.D.", ["JOHN", "SMITH"]),
        ("John Smith V", ["JOHN", "SMITH", "V"]),
        ("Malcolm I", ["MALCOLM", "I"]),
        ("Dr", ["DR"]),
        ("Jr", ["JR"]),
        ("Ph D", ["PH", "D"]),
        ("Sr Anna", ["SR", "ANNA"]),
    ],
)
def test_titles_and_generation_marks_are_dropped_but_never_the_whole_name(name: str, expected: list[str]) -> None:
    assert words(name) == expected


def test_particles_stand_alone_or_join_the_following_name() -> None:
    assert words("Anna van der Kalen") == ["ANNA", "VAN", "DER", "KALEN"]
    assert words("Anna van der Kalen", particles=ParticlePolicy.JOIN) == ["ANNA", "VANDERKALEN"]
    assert words("Van Morrison", particles=ParticlePolicy.JOIN) == ["VAN", "MORRISON"]
    assert words("Anna Van", particles=ParticlePolicy.JOIN) == ["ANNA", "VAN"]
    assert words("Anna de Van", particles=ParticlePolicy.JOIN) == ["ANNA", "DEVAN"]


def test_umlauts_are_read_plainly_or_written_out() -> None:
    assert words("Jörg Müller") == ["JORG", "MULLER"]
    assert words("Jörg Mu\u0308ller", umlauts=UmlautPolicy.EXPANDED) == ["JOERG", "MUELLER"]
    assert words("Özil", umlauts=UmlautPolicy.EXPANDED) == ["OEZIL"]


def test_the_original_and_every_step_are_kept() -> None:
    name = normalize_name("Dr. D\N{RIGHT SINGLE QUOTATION MARK}Ángelo van Berg Jr.", particles=ParticlePolicy.JOIN)
    assert name.original == "Dr. D\N{RIGHT SINGLE QUOTATION MARK}Ángelo van Berg Jr."
    assert name.calculation == "DANGELO VANBERG"
    assert name.steps == (
        "apostrophes_removed",
        "marks_removed",
        "title_dropped:DR",
        "suffix_dropped:JR",
        "particles_joined",
    )
    assert not name.transliterated
    assert normalize_name("Anna Lee", particles=ParticlePolicy.JOIN).steps == ()
    greek = normalize_name("Γιώργος")
    assert greek.transliterated
    assert greek.steps == ("transliterated",)
    assert greek.to_dict() == {
        "original": "Γιώργος",
        "calculation": "GIORGOS",
        "words": ["GIORGOS"],
        "steps": ["transliterated"],
        "transliterated": True,
        "method": "anyascii",
    }


@pytest.mark.parametrize("name", ["", "   ", "123", "😀", "-", "'", "\u0301", "ь", "$"])
def test_names_without_letters_are_refused(name: str) -> None:
    with pytest.raises(NameWithoutLettersError) as caught:
        normalize_name(name)
    assert (caught.value.code, caught.value.field) == ("name_no_letters", "name")


@pytest.mark.parametrize("name", ["अमिताभ बच्चन", "محمد", "שרה", "李明", "田中", "김민준", "さくら", "John 李", "தமிழ்"])
def test_scripts_that_leave_readings_open_ask_for_a_latin_name(name: str) -> None:
    with pytest.raises(LatinNameRequiredError) as caught:
        normalize_name(name)
    assert (caught.value.code, caught.value.field) == ("latin_name_required", "name")
    assert caught.value.character in name


def test_a_name_must_be_text() -> None:
    with pytest.raises(InvalidNameError) as caught:
        normalize_name(None)  # type: ignore[arg-type]
    assert caught.value.code == "name_invalid"


def test_letter_values() -> None:
    assert "".join(str(PYTHAGOREAN[letter]) for letter in sorted(PYTHAGOREAN)) == "12345678912345678912345678"
    assert len(CHALDEAN) == 26
    assert [CHALDEAN[letter] for letter in "AKSTEWOP"] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert 9 not in CHALDEAN.values()


@pytest.mark.parametrize("word", ["YVONNE", "BETTY", "BRYAN", "SYLVIA", "KYLE", "SYLVESTER"])
def test_y_sounded_as_a_vowel(word: str) -> None:
    assert set(y_roles(word)) == {LetterRole.VOWEL}


@pytest.mark.parametrize("word", ["MALONEY", "YOLANDA", "KAY", "MAY"])
def test_y_sounded_as_a_consonant(word: str) -> None:
    assert set(y_roles(word)) == {LetterRole.CONSONANT}


def test_each_y_of_a_name_has_its_own_role() -> None:
    assert y_roles("SYDNEY") == (LetterRole.VOWEL, LetterRole.CONSONANT)


@pytest.mark.parametrize(
    ("rule", "word", "expected"),
    [
        (VowelRule.GOODWIN, "MAYA", "CVCV"),
        (VowelRule.GOODWIN, "DOYLE", "CVVCV"),
        (VowelRule.GOODWIN, "YVES", "VCVC"),
        (VowelRule.GOODWIN, "YODA", "CVCV"),
        (VowelRule.GOODWIN, "WARD", "CVCC"),
        (VowelRule.GOODWIN, "AMY", "VCV"),
        (VowelRule.ALWAYS, "YAWN", "VVCC"),
        (VowelRule.NEVER, "LYNN", "CCCC"),
        (VowelRule.DECOZ, "LOWELL", "CVCVCC"),
        (VowelRule.DECOZ, "Y", "V"),
        (VowelRule.CONCATENATED, "MAYA", "CVCV"),
        (VowelRule.CONCATENATED, "LOWELL", "CVCVCC"),
    ],
)
def test_vowel_rules(rule: VowelRule, word: str, expected: str) -> None:
    (flags,) = vowel_flags((word,), rule)
    assert "".join("V" if flag else "C" for flag in flags) == expected


def test_joined_names_see_the_next_name_and_are_split_again() -> None:
    kelly_ann = vowel_flags(("KELLY", "ANN"), VowelRule.CONCATENATED)
    assert kelly_ann == ((False, True, False, False, False), (True, False, False))
    assert vowel_flags(("KELLY", "ROY"), VowelRule.CONCATENATED)[0][-1]
