"""A PDF of one page with a few lines of text, for the demo's attachments."""

from __future__ import annotations

_ESCAPES = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})


def small_pdf(lines: tuple[str, ...]) -> bytes:
    """The lines in Helvetica on an A4 page; what Windows-1252 lacks becomes a question mark."""
    shown = b" T* ".join(b"(%s) Tj" % line.translate(_ESCAPES).encode("cp1252", "replace") for line in lines)
    drawing = b"BT /F1 12 Tf 72 770 Td 18 TL %s ET" % shown
    return _file(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]"
        b" /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )


def _file(*objects: bytes) -> bytes:
    written, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return (
        written
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            size,
            table,
            size,
            len(written),
        )
    )
