"""Logos: what is accepted, and that transparency ends on white."""

from io import BytesIO

import pytest
from document_samples import snapshot, symbol_logo
from PIL import Image

from billdesk.core.documents.invoice_pdf import render_invoice
from billdesk.core.documents.logo import MAX_BYTES, load_logo
from billdesk.core.domain.errors import UserError


def image_bytes(kind: str, mode: str = "RGB", size: tuple[int, int] = (900, 300)) -> bytes:
    out = BytesIO()
    Image.new(mode, size, 1 if mode in ("1", "P") else "red").save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_ordinary_formats_are_drawn(kind: str) -> None:
    logo = image_bytes(kind)
    data = render_invoice(snapshot(), payment_url=None, paid=None, logo=logo)
    assert b"/Subtype /Image" in data
    assert load_logo(logo).getSize() == (462, 154)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_every_kind_of_png_becomes_plain_colour(mode: str) -> None:
    image = Image.new(mode, (300, 100))
    out = BytesIO()
    image.save(out, "PNG")
    assert len(load_logo(out.getvalue()).getRGBData()) == 300 * 100 * 3


def test_transparency_lies_on_white() -> None:
    assert load_logo(symbol_logo()).getRGBData()[:3] == b"\xff\xff\xff"


@pytest.mark.parametrize(
    "data", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", symbol_logo()[:900]]
)
def test_other_files_are_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(UserError, match="PNG or JPEG") as caught:
        load_logo(data)
    assert caught.value.field == "logo"


def test_too_large_files_are_refused() -> None:
    with pytest.raises(UserError, match="5 MB"):
        load_logo(b"x" * (MAX_BYTES + 1))
    with pytest.raises(UserError, match="million pixels"):
        load_logo(image_bytes("PNG", "1", (6000, 5000)))
