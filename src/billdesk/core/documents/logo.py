"""A company's logo: checked, put on white and scaled once, then shared by all documents."""

from functools import lru_cache
from io import BytesIO

from PIL import Image, UnidentifiedImageError
from reportlab.lib.utils import ImageReader

from billdesk.core.domain.errors import UserError

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
MAX_BYTES = 5_000_000
MAX_PIXELS = 25_000_000
# The logo's box is 48 × 13 mm; this is 400 dpi, more than office printers show.
_PRINTED_PIXELS = (756, 205)


@lru_cache(maxsize=8)
def load_logo(data: bytes) -> ImageReader:
    """The image of a logo, ready to draw.

    Raises ``UserError`` (field ``logo``) when the file is too large or not an image of a kind
    listed in ``FORMATS``.
    """
    if len(data) > MAX_BYTES:
        raise UserError("The logo is larger than 5 MB; save it smaller.", field="logo")
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UserError(
                    "The logo has more than 25 million pixels; scale it down.", field="logo"
                )
            prepared = _on_white(image)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        OSError,
        SyntaxError,
        ValueError,
    ) as error:
        raise UserError(
            "The logo cannot be read; use a PNG or JPEG image.", field="logo"
        ) from error
    prepared.thumbnail(_PRINTED_PIXELS, Image.Resampling.LANCZOS)
    reader = ImageReader(prepared)
    reader.getRGBData()
    return reader


def _on_white(image: Image.Image) -> Image.Image:
    # The page is white, so transparency needs no soft mask; that halves the work and the bytes.
    layer = image.convert("RGBA")
    white = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(white, layer).convert("RGB")
