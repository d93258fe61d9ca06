"""A company's logo: checked, put on white and scaled once, then shared by all documents."""

import zlib
from functools import lru_cache
from io import BytesIO

from PIL import Image, UnidentifiedImageError
from reportlab.lib.utils import ImageReader

from billdesk.core.domain.errors import UserError

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
MAX_BYTES = 5_000_000
MAX_PIXELS = 25_000_000
# The logo's box is 48 × 13 mm; this is 300 dpi.
_PRINTED_PIXELS = (567, 154)
# A picture full of colour is kept as JPEG where that is so much smaller; flat ones stay exact.
_JPEG_QUALITY = 92
_JPEG_WORTH = 0.7


class Logo(ImageReader):  # type: ignore[misc]  # reportlab has no types
    """An image that many documents draw at the same time; compressed once if it is a JPEG."""

    def __init__(self, image: Image.Image) -> None:
        super().__init__(image)
        self.getRGBData()
        self._jpeg = _jpeg(image)

    def jpeg_fh(self) -> BytesIO | None:
        """What reportlab embeds as it is; a new stream each time, because threads share this."""
        return BytesIO(self._jpeg) if self._jpeg is not None else None


@lru_cache(maxsize=8)
def load_logo(data: bytes) -> Logo:
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
    return Logo(prepared)


def _jpeg(image: Image.Image) -> bytes | None:
    out = BytesIO()
    image.save(out, "JPEG", quality=_JPEG_QUALITY, subsampling=0, optimize=True)
    smaller = out.tell() < _JPEG_WORTH * len(zlib.compress(image.tobytes()))
    return out.getvalue() if smaller else None


def _on_white(image: Image.Image) -> Image.Image:
    # The page is white, so transparency needs no soft mask; that halves the work and the bytes.
    layer = image.convert("RGBA")
    white = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(white, layer).convert("RGB")
