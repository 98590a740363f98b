"""A one-page PDF of text lines, written by hand."""

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>"


def render_lines(lines: list[str]) -> bytes:
    """An A4 page with the lines from the top, in eleven point Helvetica."""
    text = b"BT /F1 11 Tf 60 780 Td 18 TL " + b" ".join(_shown(line) for line in lines) + b" ET"
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text)
    catalogue = b"<< /Type /Catalog /Pages 2 0 R >>"
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    return _assemble([catalogue, pages, PAGE, FONT, stream])


def _shown(line: str) -> bytes:
    escaped = line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return b"(%s) Tj T*" % escaped.encode("cp1252", "replace")


def _assemble(objects: list[bytes]) -> bytes:
    document = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(document))
    return document + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + trailer
