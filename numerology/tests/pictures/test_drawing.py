"""Pictures can be read: by everybody, on a phone, by day and by night, whatever the name is written in."""

from datetime import date
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numerology.engine import chart
from numerology.pictures import facts
from numerology.pictures.drawing.palette import Theme
from numerology.tests.pictures.cast import KINDS, OF_ONE, PEOPLE, TODAY, picture, shown
from numerology.tests.pictures.reading import (
    SVG,
    box_of,
    contrast,
    in_the_dark,
    number,
    parsed,
    texts,
    viewed,
    written,
)

PICTURES = [pytest.param(kind, who, id=f"{kind} of {who}") for kind in KINDS for who in PEOPLE]
# What a phone shows without being turned.
PHONE, LEGIBLE = 360, 12
ENOUGH = 4.5
ALLOWED = {f"{SVG}{name}" for name in ("svg", "title", "desc", "style", "rect", "circle", "path", "text")}


@pytest.mark.parametrize(("kind", "who"), PICTURES)
def test_a_picture_has_a_name_and_a_description(kind: str, who: str) -> None:
    root, told = parsed(picture(kind, who)), shown(kind, who)
    title, desc = root[0], root[1]
    assert (title.tag, desc.tag) == (f"{SVG}title", f"{SVG}desc")
    assert (title.text, desc.text) == (told.title, told.description)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert root.get("lang") == root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"


@pytest.mark.parametrize(("kind", "who"), PICTURES)
def test_every_text_is_legible_on_a_phone(kind: str, who: str) -> None:
    root = parsed(picture(kind, who))
    assert root.get("width") == "100%"
    pixels = PHONE / viewed(root).right
    assert min(each.size * pixels for each in written(root)) >= LEGIBLE


@pytest.mark.parametrize(("kind", "who"), PICTURES)
def test_no_text_leaves_the_picture_or_its_own_area(kind: str, who: str) -> None:
    root = parsed(picture(kind, who))
    for each in written(root):
        assert viewed(root).holds(each.box), each.text
        area = each.under[-1]
        if area.tag == f"{SVG}rect":
            assert box_of(area).holds(each.box), each.text


@pytest.mark.parametrize(("kind", "who"), PICTURES)
def test_no_two_texts_cover_one_another(kind: str, who: str) -> None:
    found = list(written(parsed(picture(kind, who))))
    assert not [(one.text, other.text) for one, other in combinations(found, 2) if one.box.meets(other.box)]


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize(("kind", "who"), PICTURES)
def test_every_text_stands_out_from_what_is_under_it(kind: str, who: str, theme: Theme) -> None:
    root = parsed(picture(kind, who, theme))
    dark = in_the_dark(root)
    assert bool(dark) is (theme is Theme.AUTO)
    for each in written(root):
        area = each.under[-1]
        assert contrast(each.mark.get("fill", ""), area.get("fill", "")) >= ENOUGH, each.text
        if dark:
            ink, ground = (_class(mark.get("class", ""), "fill-") for mark in (each.mark, area))
            assert contrast(dark[ink], dark[ground]) >= ENOUGH, each.text


def _class(names: str, prefix: str) -> str:
    return next(name for name in names.split() if name.startswith(prefix))


@pytest.mark.parametrize("kind", KINDS)
def test_what_follows_the_device_is_light_by_day_and_dark_by_night(kind: str) -> None:
    auto, light, dark = (parsed(picture(kind, "Thomas", theme)) for theme in Theme)
    by_night = in_the_dark(auto)
    for followed, day, night in zip(auto.iter(), light.iter(), dark.iter(), strict=True):
        for paint in ("fill", "stroke"):
            assert followed.get(paint) == day.get(paint)
            if night.get(paint, "none") != "none":
                assert by_night[_class(followed.get("class", ""), f"{paint}-")] == night.get(paint)
                assert night.get(paint) != day.get(paint)


@pytest.mark.parametrize(("kind", "who"), PICTURES)
def test_nothing_runs_and_nothing_comes_from_elsewhere(kind: str, who: str) -> None:
    document = picture(kind, who)
    root = parsed(document)
    assert {mark.tag for mark in root.iter()} <= ALLOWED
    assert not [name for mark in root.iter() for name in mark.attrib if "href" in name or name.startswith("on")]
    assert "url(" not in document
    assert "@import" not in document
    assert document.count("http") == 1  # the namespace


def test_pictures_in_one_page_do_not_share_ids_or_rules() -> None:
    drawn = [parsed(picture(kind, who)) for kind in KINDS for who in ("Thomas", "Arabic")]
    ids = [mark.get("id") for root in drawn for mark in root.iter() if mark.get("id")]
    assert len(ids) == len(set(ids)) == 3 * len(drawn)
    for root in drawn:
        rules = (root.findtext(f"{SVG}style") or "").replace("@media(prefers-color-scheme:dark){", "")
        assert all(rule.startswith(f"#{root.get('id')}") for rule in rules.split("}") if rule)


def test_a_name_is_shown_as_typed_beside_the_letters_that_are_counted() -> None:
    said = texts(parsed(picture("name", "Chinese")))
    assert said[:3] == ["LETTERS OF THE NAME", "王小明", "counted as WANG XIAOMING"]
    assert "counted as" not in " ".join(texts(parsed(picture("name", "Thomas"))))


def test_a_name_that_is_written_from_the_right_runs_from_the_right() -> None:
    root = parsed(picture("birth-chart", "Arabic"))
    turned = [each.mark for each in written(root) if each.mark.get("direction") == "rtl"]
    assert " ".join(mark.text or "" for mark in turned) == PEOPLE["Arabic"][0]
    assert {mark.get("unicode-bidi") for mark in turned} == {"isolate"}
    assert root[0].text == f"Birth chart of \u2068{PEOPLE['Arabic'][0]}\u2069"


def test_every_letter_of_a_long_name_has_its_tile() -> None:
    said = texts(parsed(picture("name", "one word")))
    letters = [text for text in said if len(text) == 1 and text.isalpha()]
    assert "".join(letters) == PEOPLE["one word"][0].upper()


def test_the_birth_chart_says_nine_numbers_and_how_they_came_about() -> None:
    root = parsed(picture("birth-chart", "Thomas"))
    said = texts(root)
    wheel = said[3:21]
    assert wheel == [
        *("11", "Life Path", "7", "Destiny", "2", "Soul Urge", "5", "Personality", "6", "Attitude"),
        *("9", "Maturity", "2", "Balance", "7", "Personal Year", "9", "Personal Month"),
    ]
    assert said[21:26] == ["11", "Life Path", "Antenna on the Roof", "5 + 1 + 5 = 11", "Master number"]
    assert "Karmic debt 14" in said
    masters = [mark for mark in root if mark.get("class") == "fill-master-tint stroke-master"]
    assert len(masters) == 2  # in the wheel and in its row


def test_a_number_that_there_is_not_is_a_dash() -> None:
    said = texts(parsed(picture("birth-chart", "no vowels")))
    assert said[said.index("Soul Urge") - 1] == "\u2013"
    said = texts(parsed(picture("name", "no vowels")))
    assert said[said.index("Soul Urge") - 1] == "\u2013"
    assert "The name has no vowels." in said


def test_the_lo_shu_grid_repeats_its_digits_and_draws_its_lines() -> None:
    root = parsed(picture("lo-shu", "Thomas"))
    said = texts(root)
    assert [text for text in said if text.isdigit()] == ["4", "99", "2", "3", "5", "7", "8", "111", "6"]
    assert said.count("missing") == 4
    assert len([mark for mark in root if "stroke-band" in mark.get("class", "")]) == 2
    assert said[said.index("Full lines") :] == [
        *("Full lines", "Mental", "4 9 2 · row", "Will", "9 5 1 · column"),
        *("Empty lines", "No line is empty.", "Missing", "3, 6, 7, 8", "Repeated", "9 \u00d7 2, 1 \u00d7 3"),
    ]


def test_a_digit_that_comes_very_often_is_written_as_a_product() -> None:
    said = texts(parsed(picture("lo-shu", "one digit")))
    count = chart(name="Bo", birth_date=PEOPLE["one digit"][2], on_date=TODAY).lo_shu.counts[0]
    assert count > 4
    assert f"1 \u00d7 {count}" in said


def test_the_timeline_puts_ages_where_they_belong() -> None:
    root, told = parsed(picture("cycles", "Thomas")), shown("cycles", "Thomas")
    said = {each.text: each for each in written(root)}
    year = (said["2049"].box.top - said["1949"].box.top) / 100
    line = next(mark for mark in root if mark.get("class") == "stroke-here")
    y = float(line.get("d", "").split()[1])
    first = next(each for each in written(root) if each.text == "0\u201325")
    top = number(first.under[-1], "y") - 1
    assert y == pytest.approx(top + told.exact_age * year, abs=0.02)
    spans = [each for each in told.pinnacles if each.end_age is not None]
    assert [f"{each.start_age}\u2013{each.end_age}" in said for each in spans] == [True] * 3
    assert "today" in said


def test_essence_runs_without_a_gap_from_birth_through_a_hundred() -> None:
    told = shown("cycles", "Thomas")
    assert (told.essence[0].start_age, told.essence[-1].end_age) == (0, 100)
    assert all(one.end_age + 1 == other.start_age for one, other in zip(told.essence, told.essence[1:], strict=False))
    assert [each.is_current for each in told.essence].count(True) == 1


@pytest.mark.parametrize("who", ["old", "yet to come"])
def test_whoever_is_not_on_the_timeline_today_has_no_line_there(who: str) -> None:
    root, told = parsed(picture("cycles", who)), shown("cycles", who)
    assert told.exact_age is None
    assert not [mark for mark in root if "here" in mark.get("class", "")]
    assert "today" not in texts(root)


def test_personal_years_begin_with_birth_and_end_with_the_calendar() -> None:
    young = facts.cycles(chart(name="Ann", birth_date=date(2025, 1, 2), on_date=TODAY), "Ann").personal_years
    assert [each.year for each in young] == list(range(2025, 2034))
    last = chart(name="Ann", birth_date=date(9990, 1, 2), on_date=date(9999, 12, 31))
    assert [each.year for each in facts.cycles(last, "Ann").personal_years] == list(range(9995, 10000))


@pytest.mark.parametrize(
    ("born", "today", "least", "most"),
    [
        (date(2000, 2, 29), date(2026, 2, 28), 25.9, 26),
        (date(2000, 2, 29), date(2026, 3, 1), 26, 26),
        (date(2000, 2, 29), date(2024, 2, 29), 24, 24),
        (date(2000, 6, 1), date(2026, 12, 1), 26.4, 26.6),
    ],
)
def test_today_lies_between_two_birthdays(born: date, today: date, least: float, most: float) -> None:
    told = facts.cycles(chart(name="Ann", birth_date=born, on_date=today), "Ann")
    assert told.exact_age is not None
    assert least <= told.exact_age <= most


def test_a_score_is_drawn_with_what_each_position_brings() -> None:
    root, told = parsed(picture("compatibility", "no vowels")), shown("compatibility", "no vowels")
    said = texts(root)
    assert str(told.score) in said
    assert f"of 100 · {told.level}" in said
    assert "as a couple" in said
    assert "left out: a name lacks this number" in said
    counted = [each for each in told.positions if each.level]
    assert len(counted) == 5
    for each in counted:
        assert f"brings {each.contribution:g} of {each.share:g}" in said
    bars = [mark for mark in root if mark.tag == f"{SVG}rect" and mark.get("height") == "10"]
    tracks = [number(mark, "width") for mark in bars if mark.get("class") == "fill-track"]
    filled = [number(mark, "width") for mark in bars if mark.get("class") != "fill-track"]
    assert len(tracks) == 6
    assert filled == [each.points / 100 * tracks[0] for each in counted]


ANY_NAME = st.text(max_size=200)
ANY_DATE = st.dates(min_value=date(1000, 1, 1))


@settings(max_examples=60)
@given(typed=ANY_NAME, born=ANY_DATE, today=ANY_DATE)
@pytest.mark.parametrize("kind", OF_ONE)
def test_whatever_the_name_and_the_day_a_picture_is_well_formed(kind: str, typed: str, born: date, today: date) -> None:
    tell, draw = OF_ONE[kind]
    root = parsed(draw(tell(chart(name="Ann Lee", birth_date=born, on_date=today), typed), Theme.AUTO))
    view = viewed(root)
    assert all(view.left <= each.box.left and each.box.right <= view.right for each in written(root))


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("Ann\x00\x07\ufffe Lee", "Ann Lee"),
        ("Ann\u202eLee\u2066", "AnnLee"),
        ("  Ann\t\n Lee ", "Ann Lee"),
        ("<script>&\"'", "<script>&\"'"),
        ("A\ud800nn", "Ann"),
        ("", None),
    ],
)
def test_what_cannot_be_drawn_is_left_out(typed: str, drawn: str | None) -> None:
    root = parsed(OF_ONE["lo-shu"][1](facts.lo_shu(chart(name="Ann", birth_date=TODAY, on_date=TODAY), typed)))
    said = texts(root)
    assert (drawn in said) is (drawn is not None)
    assert root[0].text == f"Lo Shu grid of {drawn or ''}".strip()
