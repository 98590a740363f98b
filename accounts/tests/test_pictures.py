"""What is uploaded as a picture, what becomes of it, and what does not get in."""

import struct
import zlib
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from accounts.exporting.document import Document
from accounts.leaving.services import ask_deletion
from accounts.models import DiscardedPicture, Profile, User
from accounts.pictures import reencoding, services
from accounts.pictures.reencoding import MOST_SCANS, PictureNotAccepted, reencode
from accounts.tasks import delete_picture, sweep_pictures
from accounts.tests.leaving import erase
from conftest import Api
from numerai.common import clock

URL = "/api/v1/users/profile/picture/"
PROFILE = "/api/v1/users/profile/"
GPS, ORIENTATION = 0x8825, 0x0112
PLACE = "Somewhere on the Champs"
COLOURS: dict[str, Any] = {"RGB": (255, 0, 0), "RGBA": (255, 0, 0, 100), "LA": (1, 100)}
MANY = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + bytes(2**21) + b"\r\n--x--\r\n"


@pytest.fixture(autouse=True)
def shelf(settings: Settings, tmp_path: Path) -> Path:
    """Where files of pictures are."""
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path / "pictures"


def made(kind: str, *, size: tuple[int, int] = (800, 600), mode: str = "RGB", **saved: Any) -> bytes:
    out = BytesIO()
    Image.new(mode, size, COLOURS.get(mode, 1)).save(out, kind, **saved)
    return out.getvalue()


def photograph(*, orientation: int = 6) -> bytes:
    """As a telephone makes it: red above blue once turned upright, and it says where it was taken."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010E] = PLACE
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (48.0, 51.0, 29.0)
    image = Image.new("RGB", (400, 200), "blue")
    image.paste("red", (0, 0, 200, 200))
    out = BytesIO()
    image.save(out, "JPEG", exif=exif, quality=95)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is that large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b"")


def moving(kind: str) -> bytes:
    out = BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    return out.getvalue()


def of_two(first: bytes) -> bytes:
    """An MPO, as many cameras write it: the photograph, and a preview behind it."""
    out = BytesIO()
    with Image.open(BytesIO(first)) as image:
        image.save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (20, 20))])
    return out.getvalue()


def put(api: Api, user: User | None, content: bytes, *, name: str = "me.jpg", field: str = "picture") -> Any:
    return api(user).put(URL, {field: SimpleUploadedFile(name, content, "image/jpeg")}, format="multipart")


def stored(shelf: Path) -> list[bytes]:
    return [path.read_bytes() for path in shelf.iterdir()] if shelf.exists() else []


def picture_of(user: User) -> str:
    return Profile.objects.get(user=user).picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_made_anew_and_served(api: Api, bob: User, shelf: Path, kind: str) -> None:
    answer = put(api, bob, made(kind), name="../../evil.html")
    url = answer.json()["profile_picture_url"]
    assert answer.status_code == 200
    assert url == f"http://testserver/media/{picture_of(bob)}"
    assert api(bob).get(PROFILE).json()["profile_picture_url"] == url
    (content,) = stored(shelf)
    served = Client().get(url.removeprefix("http://testserver"))
    assert b"".join(served) == content
    with Image.open(BytesIO(content)) as image:
        assert (image.format, image.size) == ("WEBP", (512, 384))
    assert not DiscardedPicture.objects.exists()


def test_rule_84_a_picture_is_served_as_nothing_but_a_picture(api: Api, bob: User) -> None:
    put(api, bob, made("PNG"))
    served = Client().get(f"/media/{picture_of(bob)}")
    served.close()
    assert served["Content-Type"] == "image/webp"
    assert served["X-Content-Type-Options"] == "nosniff"
    assert served["Content-Disposition"].startswith("inline")
    assert "default-src 'none'" in served["Content-Security-Policy"]
    assert {"public", "immutable", "max-age=2592000"} <= set(served["Cache-Control"].split(", "))
    assert served["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize("name", ["x", "x.webp", "A" * 43 + ".webp", "A" * 43 + ".html", "..%2f..%2f.env", "%00"])
def test_rule_84_nothing_else_of_the_storage_is_served(shelf: Path, name: str) -> None:
    shelf.mkdir()
    (shelf / "x").write_text("not to be read")
    answer = Client().get(f"/media/pictures/{name}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_picture_is_only_looked_at() -> None:
    answer = Client(enforce_csrf_checks=True).post(f"/media/pictures/{'A' * 43}.webp")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_rule_84_where_it_was_taken_is_gone_and_it_stands_upright(api: Api, bob: User, shelf: Path) -> None:
    upload = photograph()
    assert PLACE.encode() in upload
    put(api, bob, upload)
    (content,) = stored(shelf)
    assert PLACE.encode() not in content
    with Image.open(BytesIO(content)) as image:
        assert not image.getexif()
        assert not {"exif", "xmp", "icc_profile"} & set(image.info)
        assert image.size == (200, 400)
        assert image.convert("RGB").getpixel((100, 50))[0] > 200  # type: ignore[index]
        assert image.convert("RGB").getpixel((100, 350))[2] > 200  # type: ignore[index]


@pytest.mark.parametrize(("orientation", "size"), [(1, (400, 200)), (3, (400, 200)), (8, (200, 400)), (99, (400, 200))])
def test_every_way_up_is_known(orientation: int, size: tuple[int, int]) -> None:
    with Image.open(BytesIO(reencode(photograph(orientation=orientation)))) as image:
        assert image.size == size


@pytest.mark.parametrize(
    ("upload", "has_alpha"),
    [
        (made("JPEG", mode="CMYK"), False),
        (made("JPEG", mode="L"), False),
        (made("JPEG", progressive=True), False),
        (made("PNG", mode="P"), False),
        (made("PNG", mode="1"), False),
        (made("PNG", mode="RGBA"), True),
        (made("PNG", mode="P", transparency=0), False),
        (made("PNG", mode="LA"), True),
        (made("WEBP", lossless=True), False),
        (of_two(photograph()), False),
        (made("PNG", size=(1, 1)), False),
    ],
    ids=[
        "CMYK",
        "grey",
        "progressive",
        "palette",
        "one bit",
        "alpha",
        "palette alpha",
        "grey alpha",
        "lossless",
        "MPO",
        "dot",
    ],
)
def test_pictures_of_every_kind_of_pixel_are_read(upload: bytes, has_alpha: bool) -> None:
    with Image.open(BytesIO(reencode(upload))) as image:
        assert image.format == "WEBP"
        assert max(image.size) <= 512
        assert not has_alpha or image.mode == "RGBA"


def test_rule_84_what_stands_behind_a_picture_is_not_kept(api: Api, bob: User, shelf: Path) -> None:
    script = b"<script>alert(document.domain)</script>"
    assert put(api, bob, made("JPEG", comment=script) + script + b"PK\x03\x04").status_code == 200
    (content,) = stored(shelf)
    assert b"script" not in content
    assert b"PK\x03\x04" not in content


HOSTILE = {
    "nothing": b"",
    "a text": b"hello",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "PDF": b"%PDF-1.7",
    "a zip": b"PK\x03\x04" + bytes(100),
    "GIF": made("GIF"),
    "a moving GIF": moving("GIF"),
    "a moving PNG": moving("PNG"),
    "a moving WebP": moving("WEBP"),
    "BMP": made("BMP"),
    "TIFF": made("TIFF"),
    "ICO": made("ICO"),
    "EPS": made("EPS"),
    "a sound": b"RIFF\x24\x00\x00\x00WAVEfmt ",
    "a beginning of JPEG": b"\xff\xd8\xff",
    "a beginning of PNG": b"\x89PNG\r\n\x1a\n",
    "JPEG cut off": photograph()[:-2000],
    "PNG cut off": made("PNG", size=(600, 600), mode="RGBA")[:-40],
    "WebP cut off": made("WEBP", lossless=True)[:-20],
    "PNG with the beginning of a JPEG": b"\xff\xd8\xff" + made("PNG"),
    "a bomb": bomb(60_000, 60_000),
    "a bomb below what the library refuses": bomb(10_000, 10_000),
    "a bomb just past the limit": bomb(5_001, 5_000),
    "a PNG of no size": bomb(0, 0),
    "a JPEG of a thousand scans": made("JPEG") + b"\xff\xda" * (MOST_SCANS + 1),
    "a PNG whose text unpacks to a lot": bomb(4, 4)[:-12] + b"\x00\x00\x00\x05zTXtxxxxx\x00\x00\x00\x00",
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_rule_84_what_is_no_picture_is_refused_and_changes_nothing(
    api: Api, bob: User, shelf: Path, hostile: str
) -> None:
    put(api, bob, made("PNG"))
    before, files = picture_of(bob), stored(shelf)
    answer = put(api, bob, HOSTILE[hostile], name="me.png")
    assert (answer.status_code, answer.json()["code"]) == (400, "picture_not_accepted")
    assert (picture_of(bob), stored(shelf)) == (before, files)
    assert not DiscardedPicture.objects.exists()


def test_rule_84_what_is_too_large_is_refused_before_it_is_read(api: Api, bob: User, shelf: Path) -> None:
    limit = 5 * 1024 * 1024
    for size in (limit + 1, limit + 10_000, limit + 100_000):
        answer = put(api, bob, made("JPEG") + bytes(size - len(made("JPEG"))))
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert stored(shelf) == []
    assert put(api, bob, made("JPEG") + bytes(limit - len(made("JPEG")))).status_code == 200


def test_a_form_holds_one_file_of_that_name(api: Api, bob: User, shelf: Path) -> None:
    assert put(api, bob, made("PNG"), field="avatar").json()["errors"][0]["field"] == "picture"
    form = {"picture": "http://169.254.169.254/latest/"}
    assert api(bob).put(URL, form, format="multipart").json()["code"] == "validation_error"
    several = {"picture": [SimpleUploadedFile("a.png", made("PNG")), SimpleUploadedFile("b.png", b"<svg>")]}
    assert api(bob).put(URL, several, format="multipart").status_code == 200
    assert len(stored(shelf)) == 1


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (made("PNG"), "image/png", 415),
        (b'{"picture": "http://127.0.0.1/"}', "application/json", 415),
        (b"picture=x", "application/x-www-form-urlencoded", 415),
        (b"no form", "multipart/form-data", 400),
        (b"no form", "multipart/form-data; boundary=x", 400),
        (b"", "multipart/form-data; boundary=x", 400),
        (MANY, "multipart/form-data; boundary=x", 400),
    ],
)
def test_what_is_no_form_is_refused(api: Api, bob: User, body: bytes, content_type: str, status: int) -> None:
    answer = api(bob).generic("PUT", URL, body, content_type=content_type)  # type: ignore[arg-type]
    assert answer.status_code == status
    assert picture_of(bob) == ""


def test_it_needs_a_sign_in_and_touches_nobody_else(api: Api, alice: User, bob: User, shelf: Path) -> None:
    put(api, alice, made("PNG"))
    hers = picture_of(alice)
    for answer in (put(api, None, made("PNG")), api(None).delete(URL)):
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    put(api, bob, made("JPEG"))
    api(bob).delete(URL)
    assert picture_of(alice) == hers
    assert (shelf / Path(hers).name).exists()


def test_rule_82_an_address_for_the_picture_is_never_taken(api: Api, bob: User) -> None:
    answer = api(bob).patch(PROFILE, {"profile_picture_url": "http://169.254.169.254/", "picture": "pictures/x.webp"})
    assert answer.json()["profile_picture_url"] == ""
    assert picture_of(bob) == ""


def test_so_many_a_day(api: Api, bob: User, alice: User, settings: Settings) -> None:
    settings.RATE_LIMIT_ENABLED = True
    for _ in range(20):
        assert put(api, bob, b"x").status_code == 400
    answer = put(api, bob, made("PNG"))
    assert (answer.status_code, answer.json()["code"]) == (429, "daily_quota_reached")
    assert int(answer["Retry-After"]) > 80_000
    assert picture_of(bob) == ""
    assert put(api, alice, made("PNG")).status_code == 200


def test_another_picture_has_another_name_and_the_old_file_goes(
    api: Api, bob: User, shelf: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    put(api, bob, made("PNG"))
    first = picture_of(bob)
    with django_capture_on_commit_callbacks(execute=True):
        put(api, bob, made("PNG"))
    assert DiscardedPicture.objects.get().name == first
    delete_picture(first)
    assert picture_of(bob) != first
    assert [path.name for path in shelf.iterdir()] == [Path(picture_of(bob)).name]
    assert not DiscardedPicture.objects.exists()


def test_removing_it(api: Api, bob: User, shelf: Path) -> None:
    put(api, bob, made("PNG"))
    name = picture_of(bob)
    for _ in range(2):
        answer = api(bob).delete(URL)
        assert (answer.status_code, answer.json()["profile_picture_url"]) == (200, "")
    assert delete_picture(name) is None
    assert stored(shelf) == []
    assert Client().get(f"/media/{name}").status_code == 404


def test_it_costs_these_queries(api: Api, bob: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client = api(bob)
    with django_assert_num_queries(7):
        client.put(URL, {"picture": SimpleUploadedFile("a", made("PNG"))}, format="multipart")
    path = f"/media/{picture_of(bob)}"
    with django_assert_num_queries(0):
        Client().get(path).close()


def test_a_file_that_no_profile_took_is_swept(bob: User, shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process died between the file and the profile."""

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(services, "_exchange", die)
        with pytest.raises(KeyboardInterrupt):
            services.set_picture(user_id=bob.pk, upload=made("PNG"))
    row = DiscardedPicture.objects.get()
    assert str(row) == row.name
    assert len(stored(shelf)) == 1
    sweep_pictures()
    delete_picture(row.name)
    assert len(stored(shelf)) == 1, "A profile may still take it."
    with time_machine.travel(clock.now() + timedelta(hours=1, minutes=1)):
        assert services.sweep() == 1
        delete_picture(row.name)
    assert stored(shelf) == []


def test_a_file_that_was_swept_is_taken_by_nobody(bob: User, monkeypatch: pytest.MonkeyPatch, api: Api) -> None:
    real = services._store

    def slow(picture: bytes) -> str:
        name = real(picture)
        DiscardedPicture.objects.all().delete()
        return name

    monkeypatch.setattr(services, "_store", slow)
    assert put(api, bob, made("PNG")).status_code == 503
    assert picture_of(bob) == ""


def test_a_storage_that_is_away_is_a_503_and_asked_again(
    api: Api, bob: User, shelf: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(api, bob, made("PNG"))
    name = picture_of(bob)
    shelf.rename(shelf.with_name("away"))
    shelf.write_text("no folder")
    assert put(api, bob, made("PNG")).status_code == 503
    assert picture_of(bob) == name
    api(bob).delete(URL)
    assert not services.delete(name)
    assert DiscardedPicture.objects.get(name=name).due_at > clock.now()
    # Whoever knows the name sees the picture.
    assert name not in caplog.text
    shelf.unlink()
    shelf.with_name("away").rename(shelf)
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert services.delete(name)
    assert stored(shelf) == []


def test_any_storage_of_django_will_do(api: Api, bob: User, settings: Settings, shelf: Path) -> None:
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage", "OPTIONS": {"base_url": "https://cdn.example/"}}
    settings.STORAGES = settings.STORAGES | {"default": memory}
    url = put(api, bob, made("PNG")).json()["profile_picture_url"]
    assert url == f"https://cdn.example/{picture_of(bob)}"
    assert default_storage.exists(picture_of(bob))
    served = Client().get(f"/media/{picture_of(bob)}")
    assert served.status_code == 200
    served.close()
    assert not shelf.exists()


def test_rule_63_an_erasure_deletes_the_file_and_an_export_names_it(api: Api, bob: User, shelf: Path) -> None:
    put(api, bob, made("PNG"))
    name = picture_of(bob)
    assert name in "".join(Document(bob.pk).pieces())
    erase(ask_deletion(bob))
    assert picture_of(bob) == ""
    assert services.delete(name)
    assert stored(shelf) == []


def test_a_refusal_of_ours_keeps_its_words() -> None:
    with pytest.raises(PictureNotAccepted, match="25 megapixels"):
        reencode(bomb(5_001, 5_000))
    with pytest.raises(PictureNotAccepted, match="moves"):
        reencode(moving("PNG"))


@pytest.mark.parametrize(("width", "height"), [(1, 25_000_000), (25_000_000, 1), (1, 16_385)])
def test_rule_84_a_thread_of_pixels_is_no_picture(width: int, height: int) -> None:
    """Each row costs memory beside its pixels: a hundred kilobytes took seven hundred megabytes."""
    with pytest.raises(PictureNotAccepted, match="16384 pixels wide and high"):
        reencode(bomb(width, height))


def test_nobody_waits_for_their_turn_without_end(api: Api, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever uploads what takes long must not hold every thread of the server."""
    with reencoding._turn:
        monkeypatch.setattr(reencoding, "PATIENCE_SECONDS", 0.01)
        answer = put(api, bob, made("PNG"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    monkeypatch.undo()
    assert put(api, bob, b"nothing").status_code == 400
    assert put(api, bob, made("PNG")).status_code == 200
