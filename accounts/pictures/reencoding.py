"""Pixels are all that is taken from an upload: whatever else is in the file, such as the place where a photograph was
taken or a script behind its end, is not in the one we make."""

import threading
from io import BytesIO

from PIL import Image, ImageOps

from numerai.common.errors import DomainError, ServiceUnavailable

LONGEST_SIDE = 512
MOST_PIXELS = 25_000_000
# Decoders keep something for each row, whatever its length.
LONGEST_ACCEPTED = 16_384
TOO_LARGE = "That picture is too large. Please choose one of at most 25 megapixels, 16384 pixels wide and high."
# A progressive JPEG is decoded as a whole for each scan; a camera writes ten, and thousands take minutes.
MOST_SCANS = 100
SCAN = b"\xff\xda"
QUALITY = 82
# By how a file of the kind begins. Cameras that add a small preview write MPO, which is a JPEG with another behind it.
KINDS: dict[bytes, frozenset[str]] = {
    b"\xff\xd8\xff": frozenset({"JPEG", "MPO"}),
    b"\x89PNG\r\n\x1a\n": frozenset({"PNG"}),
    b"RIFF": frozenset({"WEBP"}),
}
# Decoded, a picture takes up to three hundred megabytes; of several at once each waits for its turn.
_turn = threading.Lock()
PATIENCE_SECONDS = 5.0


class PictureNotAccepted(DomainError):
    code, title = "picture_not_accepted", "Picture not accepted"
    detail = "That is no picture we can read. Please choose a JPEG, PNG or WebP file."


def reencode(upload: bytes) -> bytes:
    """``upload``, a JPEG, PNG or WebP picture, upright and at most 512 pixels wide and high, as WebP.

    Raises PictureNotAccepted, for what would be too large before it is decoded, and ServiceUnavailable when others
    keep the process busy: not all of its threads may wait.
    """
    kinds = next((kinds for beginning, kinds in KINDS.items() if upload.startswith(beginning)), None)
    if kinds is None or ("JPEG" in kinds and upload.count(SCAN) > MOST_SCANS):
        raise PictureNotAccepted
    if not _turn.acquire(timeout=PATIENCE_SECONDS):
        raise ServiceUnavailable(retry_after=PATIENCE_SECONDS)
    try:
        return _written(_small(upload, kinds))
    except DomainError:
        raise
    except Exception:
        # Decoders fail in as many ways as files can be broken.
        raise PictureNotAccepted from None
    finally:
        _turn.release()


def _small(upload: bytes, kinds: frozenset[str]) -> Image.Image:
    with Image.open(BytesIO(upload), formats=sorted(kinds - {"MPO"})) as image:
        if image.width * image.height > MOST_PIXELS or max(image.size) > LONGEST_ACCEPTED:
            raise PictureNotAccepted(TOO_LARGE)
        if image.format != "MPO" and getattr(image, "is_animated", False):
            raise PictureNotAccepted("That picture moves. Please choose one that does not.")
        # What has a palette, or one bit, is not made smaller smoothly.
        whole = image.convert("RGBA") if image.mode in {"P", "PA", "1"} else image
        whole.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        return ImageOps.exif_transpose(whole)


def _written(image: Image.Image) -> bytes:
    mode = "RGBA" if image.has_transparency_data else "RGB"
    clean = Image.new(mode, image.size)
    clean.paste(image.convert(mode))
    made = BytesIO()
    clean.save(made, "WEBP", quality=QUALITY)
    return made.getvalue()
