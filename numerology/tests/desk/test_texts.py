"""Operators read every text there is, find where words stand, and see what a language lacks."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from numerology.content import loader
from numerology.content.catalogue import FILES
from numerology.desk import browsing
from numerology.engine import Position
from numerology.tests.desk.conftest import Clerk

TEXTS = "admin:numerology_texts"
FILE = "admin:numerology_file"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Another folder of texts, with those in English and a language to be begun; what was read is forgotten."""
    (tmp_path / "en").symlink_to(loader.ROOT / "en")
    (tmp_path / "es").mkdir()
    monkeypatch.setattr(browsing, "ROOT", tmp_path)
    forget()
    yield tmp_path
    forget()


def forget() -> None:
    for read in (browsing._document, browsing._entry, browsing._places):
        read.cache_clear()


def page(client: Client, name: str, **query: str) -> str:
    answer = client.get(name, query)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_every_file_is_listed_with_its_figures(desk: Client) -> None:
    shown = page(desk, reverse(TEXTS))
    listed = browsing.entries("en")
    assert [entry.name for entry in listed] == list(FILES)
    assert all(f">{name}</a>" in shown for name in FILES)
    assert [entry.problem for entry in listed if entry.problem] == []
    daily = next(entry for entry in listed if entry.name == "daily")
    assert (daily.shape, daily.tables, daily.version) == ("reading", 9, loader.daily_version())
    assert daily.texts == len(list(loader.texts_of("daily")))


@pytest.mark.parametrize("name", FILES)
def test_a_file_shows_every_text_it_has(desk: Client, name: str) -> None:
    shown = page(desk, reverse(FILE, args=[name]))
    assert [text for _, text in loader.texts_of(name) if text not in shown] == []
    assert all(f'<section id="{key}"' in shown for key in FILES[name].keys)


def test_words_are_found_in_any_order_and_case(desk: Client) -> None:
    text = loader.interpretation(Position.LIFE_PATH, 7).description
    first, last = text.split()[0], text.split()[-1]
    hits, number = browsing.search(f"{last.upper()} {first.lower()}", "en")
    assert number == len(hits) >= 1
    mine = [hit for hit in hits if "".join(hit.pieces) == text]
    assert [(hit.name, hit.key, hit.field) for hit in mine] == [("life_path", "7", "Description")]
    assert all(piece.lower() in (first.lower(), last.lower()) for piece in mine[0].pieces[1::2])
    shown = page(desk, reverse(TEXTS), q=f"{last} {first}")
    assert f"<mark>{first}</mark>" in shown
    assert f"{reverse(FILE, args=['life_path'])}?language=en#7" in shown


def test_a_search_says_how_many_there_are_and_shows_the_first(desk: Client) -> None:
    hits, number = browsing.search("a", "en")
    assert (len(hits), number > 1000) == (browsing.MOST_HITS, True)
    assert f"{number} texts found, the first {browsing.MOST_HITS} are shown." in page(desk, reverse(TEXTS), q="a")
    assert "0 texts found." in page(desk, reverse(TEXTS), q="zzzzqqq")
    assert "texts found" not in page(desk, reverse(TEXTS), q="  ")


def test_what_is_searched_for_is_no_pattern_and_no_markup(desk: Client) -> None:
    assert browsing.search(".*", "en") == ([], 0)
    raw = desk.get(reverse(TEXTS), {"q": '<script>"\0'}).content.decode()
    assert "<script>&quot;" not in raw
    assert 'value="&lt;script&gt;&quot;"' in raw


def test_what_is_not_there_is_not_found(desk: Client) -> None:
    assert desk.get(reverse(FILE, args=["nothing"])).status_code == 404
    assert desk.get(reverse(TEXTS), {"language": "../en"}).status_code == 404
    assert desk.get(reverse(FILE, args=["daily"]), {"language": "xx"}).status_code == 404


def test_nothing_can_be_sent_to_them(desk: Client) -> None:
    assert desk.post(reverse(TEXTS), {"q": "a"}).status_code == 405
    assert desk.post(reverse(FILE, args=["daily"])).status_code == 405


def test_a_language_shows_what_it_lacks(desk: Client, root: Path) -> None:
    part = (loader.ROOT / "en" / "minor_destiny.toml").read_text(encoding="utf-8").partition('["2"]')[0]
    (root / "es" / "minor_destiny.toml").write_text(part.replace('locale = "en"', 'locale = "es"'), encoding="utf-8")
    (root / "es" / "arrow.toml").write_text("[meta\n", encoding="utf-8")
    entry = browsing.entry("minor_destiny", "es")
    assert (entry.tables, entry.missing) == (1, FILES["minor_destiny"].keys[1:])
    assert entry.problem.startswith("[2] is missing; [3] is missing")
    assert browsing.entry("daily", "es").problem == "There is no such file."
    assert browsing.entry("arrow", "es").tables == 0
    shown = page(desk, reverse(TEXTS), language="es")
    assert f"{len(FILES)} of them cannot be used" in shown
    assert "lacks 11" in shown
    assert "Keys it lacks: 2, 3, 4" in page(desk, reverse(FILE, args=["minor_destiny"]), language="es")
    assert 'aria-current="true">es</a>' in shown
    assert "It cannot be used" in page(desk, reverse(FILE, args=["arrow"]), language="es")


def test_texts_cost_no_statement_of_their_own(desk: Client, django_assert_num_queries: object) -> None:
    addresses = (reverse(TEXTS), f"{reverse(TEXTS)}?q=work", reverse(FILE, args=["daily"]))
    desk.get(addresses[0])
    for address in addresses:
        with django_assert_num_queries(2):  # type: ignore[operator]
            desk.get(address)


@pytest.mark.parametrize("name", ["view_person", "view_dailyreading"])
def test_whoever_may_look_at_a_table_may_read(clerk: Clerk, name: str) -> None:
    client = clerk(name)
    assert client.get(reverse(TEXTS)).status_code == 200
    assert reverse(TEXTS) in page(client, reverse("admin:index"))


def test_nobody_else_does(clerk: Clerk, client: Client, alice: User) -> None:
    stranger = clerk("view_payment", "change_person")
    for address in (reverse(TEXTS), reverse(FILE, args=["daily"]), reverse("admin:numerology_figures")):
        assert stranger.get(address).status_code == 403
        assert client.get(address).status_code == 302
    assert reverse(TEXTS) not in page(stranger, reverse("admin:index"))
    client.force_login(alice)
    assert client.get(reverse(TEXTS)).status_code == 302
