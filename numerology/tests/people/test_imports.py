"""Files of people: what is read, what is taken over, and what is said of the rest."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import Plan, User
from accounts.tests.together import together
from conftest import Api
from notifications.models import Notification
from numerai.common import clock
from numerology.models import PeopleImport, Person
from numerology.people import services as people
from numerology.people.imports import services, working
from numerology.people.imports.batches import Batch
from numerology.people.imports.errors import ImportRunning
from numerology.people.imports.reading import LARGEST, MOST_ROWS
from numerology.tasks import import_people, remove_what_is_past_its_time, sweep_imports
from numerology.tests.cast import NOON, at
from numerology.tests.people.crowd import kept, with_plan
from payments.entitlements import PlanLimitReached

PATH = "/api/v1/people/imports/"
HEADER = "name,birth_date,relationship,notes\n"


def file_of(*rows: str, header: str = HEADER) -> bytes:
    return (header + "".join(f"{row}\n" for row in rows)).encode()


def many(count: int) -> bytes:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return file_of(*(f"Ann {letters[number // 26]}{letters[number % 26]},1990-01-01" for number in range(count)))


def taken_over(owner: User, raw: bytes) -> PeopleImport:
    job = services.begin(owner=owner, raw=raw)
    working.work(job.pk)
    job.refresh_from_db()
    return job


def said(job: PeopleImport) -> list[tuple[int, str, str]]:
    return [(error["row"], error["field"], error["code"]) for error in job.errors]


def names(owner: User) -> list[str]:
    return sorted(Person.objects.filter(owner=owner).values_list("name", flat=True))


def posted(api: Api, user: User | None, raw: bytes, content_type: str = "text/csv") -> Any:
    client: Any = api(user)
    return client.generic("POST", PATH, raw, content_type=content_type)


def test_a_file_is_taken_over_in_the_background(api: Api, alice: User) -> None:
    raw = file_of("Thomas John Hancock,1949-05-10,Friend,Met at the lake.", "Ben,1990-13-01,,", ",1990-01-01,boss,")
    with at(NOON):
        client: Any = api(alice)
        begun = client.generic("POST", PATH, raw, content_type="text/csv")
        assert begun.status_code == 202
        job = PeopleImport.objects.get()
        waiting = {
            "id": str(job.pk),
            "status": "pending",
            "progress": 0,
            "total": 3,
            "done": 0,
            "created": 0,
            "failed": 0,
            "created_at": "2026-11-20T12:00:00Z",
            "finished_at": None,
        }
        assert begun.json() == waiting
        assert not Person.objects.exists()
        import_people(str(job.pk))
        told = client.get(f"{PATH}{job.pk}/").json()
    errors = told.pop("row_errors")
    done = {"status": "done", "progress": 100, "done": 3, "created": 1, "failed": 2}
    assert told == waiting | done | {"finished_at": "2026-11-20T12:00:00Z"}
    assert [(error["row"], error["field"], error["code"]) for error in errors] == [
        (3, "birth_date", "invalid"),
        (4, "name", "required"),
    ]
    assert all(error["detail"].endswith(".") for error in errors)
    person = Person.objects.get()
    assert (person.owner, person.name, person.birth_date) == (alice, "Thomas John Hancock", date(1949, 5, 10))
    assert (person.relationship, person.relationship_kind, person.notes) == ("friend", "friend", "Met at the lake.")


def test_a_form_holds_the_file_as_well(api: Api, alice: User) -> None:
    upload = SimpleUploadedFile("whatever.bin", file_of("Ann,1990-01-01"))
    answer = api(alice).post(PATH, {"file": upload}, format="multipart")
    assert answer.status_code == 202
    working.work(PeopleImport.objects.get().pk)
    assert names(alice) == ["Ann"]
    assert Person.objects.get().relationship == "other"


def test_ones_own_imports_are_listed(api: Api, alice: User, bob: User) -> None:
    jobs = []
    for hours in range(3):
        with at(NOON + timedelta(hours=hours)):
            jobs.append(str(taken_over(alice, file_of(f"Ann,199{hours}-01-01")).pk))
    taken_over(bob, file_of("Ben,1990-01-01"))
    client = api(alice)
    first = client.get(PATH, {"limit": "2"})
    assert [job["id"] for job in first.json()] == jobs[:0:-1]
    assert "row_errors" not in first.json()[0]
    rest = client.get(first.headers["Link"].partition(">")[0].removeprefix("<"))
    assert [job["id"] for job in rest.json()] == jobs[:1]
    with CaptureQueriesContext(connection) as captured:
        client.get(PATH)
        client.get(f"{PATH}{jobs[0]}/")
    assert len(captured) == 4


@pytest.mark.parametrize(
    "header",
    [
        "birth_date,NAME, Notes ,relationship",
        "\ufeffDate of birth,Full name,note,Relation",
        '"birth_date","name","notes","relationship"',
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_columns_delimiters_and_line_ends_are_understood(alice: User, header: str, delimiter: str, end: str) -> None:
    lines = [header.replace(",", delimiter), delimiter.join(("1990-01-01", "Ann Lee", '"a, b; c"', "sister"))]
    job = taken_over(alice, (end.join(lines) + end).encode())
    person = Person.objects.get()
    assert (person.name, person.birth_date, person.notes) == ("Ann Lee", date(1990, 1, 1), "a, b; c")
    assert (person.relationship_kind, job.errors) == ("sibling", [])


def test_what_stands_in_other_columns_is_not_kept(alice: User) -> None:
    job = services.begin(owner=alice, raw=file_of("Ann,secret,1990-01-01", header="name,salary,birth_date\n"))
    assert job.rows == [{"row": 2, "cells": {"name": "Ann", "birth_date": "1990-01-01"}, "is_long": False}]
    working.work(job.pk)
    assert names(alice) == ["Ann"]


def test_rows_are_numbered_as_a_spreadsheet_does(alice: User) -> None:
    long, padded = "Cyd,1990-01-01,friend,notes,more", "Dan,1990-01-01,friend,notes,,"
    raw = file_of("", 'Ann,1990-01-01,,"two\nlines"', ",,,", "Ben,soon", long, padded)
    job = taken_over(alice, raw)
    assert (job.total, job.created, names(alice)) == (4, 2, ["Ann", "Dan"])
    assert said(job) == [(5, "birth_date", "invalid"), (6, "", "too_many_cells")]
    assert Person.objects.get(name="Ann").notes == "two\nlines"


def test_lines_above_the_header_may_be_empty(alice: User) -> None:
    job = taken_over(alice, b" \r\n\r\nname;birth_date\r\nAnn Lee;1990-01-01\r\nBen;soon\r\n")
    assert (names(alice), said(job)) == (["Ann Lee"], [(5, "birth_date", "invalid")])


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_formula_is_a_text(alice: User, start: str) -> None:
    formula = f"{start}HYPERLINK(1+1)"
    job = taken_over(alice, file_of(f"{formula},1990-01-01,{formula},{formula}"))
    assert (job.created, job.errors) == (1, [])
    person = Person.objects.get()
    assert (person.name, person.relationship, person.notes) == (formula, formula, formula)


def test_every_fault_of_a_row_is_named(alice: User) -> None:
    header = "name,birth_date,relationship,notes,latin_name,gender\n"
    raw = file_of(
        "12,2999-01-01," + "x" * 41 + "," + "x" * 2001 + "," + "x" * 201 + ",robot",
        "Ann,1990-01-01,,,,FEMALE",
        header=header,
    )
    job = taken_over(alice, raw)
    assert sorted(said(job)) == [
        (2, "birth_date", "future"),
        (2, "gender", "invalid_choice"),
        (2, "latin_name", "max_length"),
        (2, "name", "letterless"),
        (2, "notes", "max_length"),
        (2, "relationship", "max_length"),
    ]
    assert (job.created, job.failed) == (1, 1)
    assert Person.objects.get().gender == "female"


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "Send the file"),
        (b"\n", "name and birth_date is missing"),
        (b"name,birth_date\n", "no rows"),
        (b"name,birth_date\n,\n\n", "no rows"),
        (b"Ann,1990-01-01\n", "is missing"),
        (b"name,notes\nAnn,x\n", "birth_date is missing"),
        (b"name,birth_date,full name\nAnn,1990-01-01,Ann\n", "more than one column for name"),
        (b"name,birth_date\nJos\xe9,1990-01-01\n", "UTF-8"),
        ("name,birth_date\nAnn,1990-01-01\n".encode("utf-16"), "UTF-8"),
        (b"name,birth_date\nAnn\x00,1990-01-01\n", "no text"),
        (b'name,birth_date\n"Ann,1990-01-01\n', "row 2"),
        (b'name,birth_date\nAnn,1990-01-01\n"Ben"x,1990-01-01\n', "row 3"),
        (b"name,birth_date\n" + b"x" * 140_000 + b",1990-01-01\n", "row 2"),
        (file_of(*["Ann,1990-01-01"] * (MOST_ROWS + 1)), "more than 2000 rows"),
        # Nothing is read beyond what makes it too long.
        (file_of(*["Ann,1990-01-01"] * (MOST_ROWS + 1), '"Ben"x,1990-01-01'), "more than 2000 rows"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_nothing_is_kept(api: Api, alice: User, raw: bytes, says: str) -> None:
    answer = posted(api, alice, raw)
    assert (answer.status_code, answer.json()["code"]) == (400, "people_file_not_accepted")
    assert says in answer.json()["detail"]
    assert answer.json()["errors"][0]["field"] == "file"
    assert not PeopleImport.objects.exists()


def test_what_is_too_large_is_refused(api: Api, alice: User) -> None:
    raw = b"x" * (LARGEST + 1)
    assert posted(api, alice, raw).status_code == 413
    form = api(alice).post(PATH, {"file": SimpleUploadedFile("file", raw)}, format="multipart")
    assert form.status_code == 413
    assert not PeopleImport.objects.exists()


def test_without_a_file_it_is_said_where_it_belongs(api: Api, alice: User) -> None:
    client = api(alice)
    assert client.post(PATH, {"file": "x"}, format="json").status_code == 415
    empty = client.post(PATH, {"picture": SimpleUploadedFile("file", b"x")}, format="multipart")
    assert (empty.status_code, empty.json()["code"]) == (400, "people_file_not_accepted")
    assert not PeopleImport.objects.exists()


def test_strangers_neither_import_nor_see_imports(api: Api, alice: User, bob: User) -> None:
    job = taken_over(alice, file_of("Ann,soon"))
    assert posted(api, None, file_of("Ann,1990-01-01")).status_code == 401
    assert api(None).get(PATH).status_code == 401
    assert api(bob).get(PATH).json() == []
    assert api(bob).get(f"{PATH}{job.pk}/").status_code == 404
    assert PeopleImport.objects.count() == 1


def test_twenty_files_a_day(api: Api, alice: User, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    client: Any = api(alice)
    answers = [client.generic("POST", PATH, b"", content_type="text/csv").status_code for _ in range(21)]
    assert answers == [400] * 20 + [429]


def test_whom_one_keeps_already_is_not_added_again(alice: User, bob: User) -> None:
    kept(alice, "Ann Lee", birth_date=date(1990, 1, 1))
    gone = kept(alice, "Cyd", birth_date=date(1990, 1, 1))
    people.delete(owner=alice, person_id=gone.pk)
    kept(bob, "Ben", birth_date=date(1990, 1, 1))
    raw = file_of("ANN   LEE,1990-01-01", "Ann Lee,1990-01-02", "Ben,1990-01-01", "BEN,1990-01-01", "Cyd,1990-01-01")
    job = taken_over(alice, raw)
    assert said(job) == [(2, "name", "duplicate"), (5, "name", "duplicate")]
    assert (job.created, job.failed) == (3, 2)


def test_the_plan_limits_how_many_are_taken_over(bob: User) -> None:
    user = with_plan(bob, Plan.BASIC)
    kept(user, "Zoe")
    job = taken_over(user, many(7))
    assert (job.created, job.failed) == (4, 3)
    assert said(job) == [(row, "", "plan_limit_reached") for row in (6, 7, 8)]
    assert "Premium" in job.errors[0]["detail"]


def test_one_file_at_a_time(api: Api, alice: User) -> None:
    assert posted(api, alice, file_of("Ann,1990-01-01")).status_code == 202
    second = posted(api, alice, file_of("Ben,1990-01-01"))
    assert (second.status_code, second.json()["code"]) == (409, "import_running")
    working.work(PeopleImport.objects.get().pk)
    assert posted(api, alice, file_of("Ben,1990-01-01")).status_code == 202


def test_rows_are_forgotten_at_the_end_and_the_rest_after_thirty_days(alice: User) -> None:
    with at(NOON):
        job = taken_over(alice, file_of("Ann,1990-01-01", "Ben,soon"))
    assert (job.state, job.rows, job.finished_at) == ("done", [], NOON)
    with at(NOON + timedelta(days=30) - timedelta(seconds=1)):
        remove_what_is_past_its_time()
        assert PeopleImport.objects.exists()
    with at(NOON + timedelta(days=30)):
        remove_what_is_past_its_time()
    assert not PeopleImport.objects.exists()
    assert names(alice) == ["Ann"]


def test_its_owner_is_told_of_the_end_once(alice: User) -> None:
    job = taken_over(alice, file_of("Ann,1990-01-01", "Ben,soon"))
    working.work(job.pk)
    told = Notification.objects.get(recipient=alice, kind="numerology.people_imported")
    assert told.message == "People added: 1. Rows left out: 1; the import says why."


def test_a_worker_that_died_is_followed_by_another_and_nobody_is_added_twice(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = services.begin(owner=alice, raw=many(7))
    taken = Batch.take

    def die(batch: Any, row: Any) -> None:
        if row["row"] == 6:
            raise KeyboardInterrupt
        taken(batch, row)

    with monkeypatch.context() as patched:
        patched.setattr(Batch, "take", die)
        with pytest.raises(KeyboardInterrupt):
            working.work(job.pk, batch=3)
    job.refresh_from_db()
    assert (job.state, job.done, job.created, job.progress) == ("running", 3, 3, 42)
    assert len(names(alice)) == 3
    working.work(job.pk)
    assert len(names(alice)) == 3, "Its lease is not over."
    assert working.sweep() == 0
    PeopleImport.objects.update(lease_until=clock.now())
    assert working.sweep() == 1
    sweep_imports()
    working.work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.created, job.failed) == ("done", 7, 7, 0)
    assert len(names(alice)) == len(set(names(alice))) == 7


def test_a_worker_that_was_too_slow_adds_nobody_more(
    alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    job = services.begin(owner=alice, raw=many(4))
    written = working._write

    def overtaken(now: PeopleImport) -> None:
        written(now)
        PeopleImport.objects.update(lease_until=clock.now() + timedelta(hours=1))

    monkeypatch.setattr(working, "_write", overtaken)
    working.work(job.pk, batch=2)
    assert "people_import_lease_lost" in caplog.text
    assert len(names(alice)) == 2


def test_what_fails_is_tried_again_and_given_up_in_the_end(
    alice: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched, at(NOON):
        job = services.begin(owner=alice, raw=many(2))
        patched.setattr(Batch, "take", fail)
        working.work(job.pk)
        job.refresh_from_db()
        assert (job.state, job.attempts, job.last_error) == ("pending", 1, "ZeroDivisionError")
        working.work(job.pk)
        job.refresh_from_db()
        assert job.attempts == 1, "After a pause."
        PeopleImport.objects.update(attempts=working.MAX_ATTEMPTS - 1, next_attempt_at=clock.now())
        working.work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.rows, job.done) == ("failed", [], 0)
    assert "people_import_failed" in caplog.text
    assert not Person.objects.exists()
    assert taken_over(alice, many(2)).created == 2


def test_one_whose_workers_die_every_time_is_given_up(alice: User) -> None:
    job = services.begin(owner=alice, raw=many(2))
    PeopleImport.objects.update(state="running", lease_until=clock.now(), attempts=working.MAX_ATTEMPTS)
    assert working.sweep() == 0
    job.refresh_from_db()
    assert (job.state, job.rows, job.last_error) == ("failed", [], "lease_expired")


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "lost"},
        {"lease_until": NOON},
        {"next_attempt_at": None},
        {"done": 1},
        {"done": 9, "created": 9},
        {"finished_at": NOON},
        {"state": "done", "finished_at": NOON},
        {"state": "done", "rows": []},
    ],
)
def test_the_database_refuses_what_cannot_be(alice: User, wrong: dict[str, Any]) -> None:
    services.begin(owner=alice, raw=many(2))
    with pytest.raises(IntegrityError), transaction.atomic():
        PeopleImport.objects.update(**wrong)


def test_an_import_says_when_it_was_begun(alice: User) -> None:
    with at(NOON):
        assert str(services.begin(owner=alice, raw=many(1))) == "Import of 2026-11-20"


@pytest.mark.parametrize("count", [2, 60])
def test_a_batch_costs_the_same_however_many_rows_it_has(alice: User, count: int) -> None:
    user = with_plan(alice, Plan.ELITE)
    job = services.begin(owner=user, raw=many(count))
    with CaptureQueriesContext(connection) as captured:
        working.work(job.pk)
    assert len(names(user)) == count
    people_queries = [query for query in captured if "numerology_" in query["sql"]]
    # Claim, fetch, hold, whom one keeps, the people, what became of the rows.
    assert len(people_queries) == 6


@pytest.mark.django_db(transaction=True)
def test_of_parallel_files_one_is_taken(alice: User) -> None:
    def begin(_: int) -> bool:
        try:
            services.begin(owner=alice, raw=many(2))
        except ImportRunning:
            return False
        return True

    assert sorted(together(4, begin)) == [False, False, False, True]


@pytest.mark.django_db(transaction=True)
def test_parallel_workers_add_everybody_once(alice: User) -> None:
    job = services.begin(owner=alice, raw=many(9))
    together(4, lambda _: working.work(job.pk, batch=2))
    job.refresh_from_db()
    assert (job.state, job.created, len(names(alice))) == ("done", 9, 9)


@pytest.mark.django_db(transaction=True)
def test_a_file_and_an_addition_share_the_room(bob: User) -> None:
    user = with_plan(bob, Plan.BASIC)
    job = services.begin(owner=user, raw=many(5))
    acts = (lambda: working.work(job.pk, batch=1), lambda: kept(user, "Zoe"))

    def act(number: int) -> None:
        with suppress(PlanLimitReached):
            acts[number]()

    together(2, act)
    assert Person.objects.filter(owner=user).count() == 5
