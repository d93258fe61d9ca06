"""The practice company's logo, drawn with the bundled font: a sun above the horizon."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from billdesk.practice.company import NAME
from billdesk.resources import locate

_WIDTH, _HEIGHT = 1160, 320
_AMBER, _INK = "#B45309", "#1C1917"
# Drawn larger and scaled down: Pillow's shapes have no smooth edges of their own.
_SCALE = 3


def draw_logo() -> bytes:
    """The logo as PNG, the same bytes every time."""
    image = Image.new("RGBA", (_WIDTH * _SCALE, _HEIGHT * _SCALE), (255, 255, 255, 0))
    draw = ImageDraw.Draw(image)

    def box(*sides: int) -> list[int]:
        return [side * _SCALE for side in sides]

    draw.pieslice(box(40, 60, 260, 280), 180, 360, fill=_AMBER)
    draw.rounded_rectangle(box(20, 190, 280, 206), radius=8 * _SCALE, fill=_INK)
    draw.rounded_rectangle(box(60, 230, 240, 246), radius=8 * _SCALE, fill=_AMBER)
    font = ImageFont.truetype(locate("fonts/BillDeskSans-SemiBold.ttf"), 100 * _SCALE)
    draw.text((320 * _SCALE, 165 * _SCALE), NAME, font=font, fill=_INK, anchor="lm")
    out = BytesIO()
    image.resize((_WIDTH, _HEIGHT), Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()
