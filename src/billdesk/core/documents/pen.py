"""Draws on one PDF: coordinates in points from the top-left, shapes below, text above.

A page's texts are collected in one text object, written when the page ends: that is faster than
one object per string, and shapes never cover a text. The order of ``text`` calls is the order in
which the document is read aloud, copied and searched.
"""

from collections.abc import Sequence
from datetime import date
from math import cos, radians, sin
from threading import Lock

from reportlab.pdfgen.canvas import Canvas

from billdesk.core.documents.fonts import covered, runs
from billdesk.core.documents.logo import Logo
from billdesk.core.documents.qr import Matrix
from billdesk.core.documents.style import INK, Colour, TextStyle, Weight
from billdesk.core.documents.text import text_width

# Rows of a QR code overlap by this part of a module, or anti-aliasing shows white seams.
_QR_OVERLAP = 0.04
# PDF 1.7 table 165: a link annotation that is to be printed; PDF/A requires it.
_PRINT_FLAG = 4
# reportlab cuts the fonts of a document by moving one place within the font that all share.
_cutting_fonts = Lock()


class Pen:
    """A canvas with the origin at the top-left and a text style per call."""

    def __init__(self, width: float, height: float, language: str) -> None:
        covered()  # registers the fonts, the canvas needs one at once
        self._canvas = Canvas(
            "",
            pagesize=(width, height),
            pageCompression=1,
            invariant=1,
            initialFontName=Weight.REGULAR.value,
            pdfVersion=(1, 7),
            lang=language,
        )
        self._height = height
        self._begin_page()

    def _begin_page(self) -> None:
        self._text = self._canvas.beginText(0, 0)
        self._font: tuple[str, float] | None = None
        self._fill: Colour | None = None
        self._tracking = 0.0

    def describe(self, title: str, author: str, subject: str, day: date) -> None:
        """Document properties. The dates are the document's own: the clock never enters a PDF."""
        canvas = self._canvas
        canvas.setTitle(title)
        canvas.setAuthor(author)
        canvas.setSubject(subject)
        canvas.setCreator("BillDesk")
        canvas.setViewerPreference("DisplayDocTitle", "true")
        canvas.setDateFormatter(lambda *_: f"D:{day:%Y%m%d}000000Z")

    def text(self, x: float, y: float, text: str, style: TextStyle) -> None:
        """One line with its baseline at ``y``, starting at ``x``."""
        out = self._text
        if self._fill != style.colour:
            out.setFillColorRGB(*style.colour)
            self._fill = style.colour
        if self._tracking != style.tracking:
            out.setCharSpace(style.tracking)
            self._tracking = style.tracking
        out.setTextOrigin(round(x, 3), round(self._height - y, 3))
        for font, run in runs(text, style.weight):
            if self._font != (font, style.size):
                out.setFont(font, style.size)
                self._font = (font, style.size)
            out.textLine(run)

    def text_right(self, x: float, y: float, text: str, style: TextStyle) -> None:
        """One line ending at ``x``."""
        self.text(x - text_width(text, style), y, text, style)

    def text_centred(self, x: float, y: float, text: str, style: TextStyle) -> None:
        """One line centred on ``x``."""
        self.text(x - text_width(text, style) / 2, y, text, style)

    def rule(self, x1: float, x2: float, y: float, thickness: float, colour: Colour) -> None:
        """A horizontal line."""
        canvas = self._canvas
        canvas.setStrokeColorRGB(*colour)
        canvas.setLineWidth(thickness)
        canvas.line(x1, self._height - y, x2, self._height - y)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        colour: Colour,
        radius: float = 0.0,
        outline: float = 0.0,
    ) -> None:
        """A box from its top-left corner: filled, or only outlined ``outline`` points thick."""
        canvas = self._canvas
        if outline:
            canvas.setStrokeColorRGB(*colour)
            canvas.setLineWidth(outline)
        else:
            canvas.setFillColorRGB(*colour)
        bottom = self._height - y - height
        fill, stroke = (0, 1) if outline else (1, 0)
        if radius:
            canvas.roundRect(x, bottom, width, height, radius, stroke=stroke, fill=fill)
        else:
            canvas.rect(x, bottom, width, height, stroke=stroke, fill=fill)

    def polyline(
        self, points: Sequence[tuple[float, float]], thickness: float, colour: Colour
    ) -> None:
        """An open line through ``points`` with round ends."""
        canvas = self._canvas
        canvas.saveState()
        canvas.setStrokeColorRGB(*colour)
        canvas.setLineWidth(thickness)
        canvas.setLineCap(1)
        canvas.setLineJoin(1)
        path = canvas.beginPath()
        path.moveTo(points[0][0], self._height - points[0][1])
        for x, y in points[1:]:
            path.lineTo(x, self._height - y)
        canvas.drawPath(path, stroke=1, fill=0)
        canvas.restoreState()

    def qr(self, x: float, y: float, side: float, matrix: Matrix) -> None:
        """A QR code without quiet zone, ink on whatever lies below, ``side`` points wide."""
        modules, dark = matrix
        canvas = self._canvas
        canvas.saveState()
        canvas.translate(x, self._height - y)
        # Whole numbers in a scaled system, written out: exact on the grid, and a quarter of a
        # page's time faster than one path operation per rectangle.
        canvas.scale(side / modules, -side / modules)
        canvas.setFillColorRGB(*INK)
        height = 1 + _QR_OVERLAP
        rectangles = [f"{column} {row} {length} {height} re" for row, column, length in dark]
        canvas.addLiteral(" ".join((*rectangles, "f")))
        canvas.restoreState()

    def image(self, x: float, y: float, width: float, height: float, image: Logo) -> None:
        """An image from its top-left corner."""
        self._canvas.drawImage(image, x, self._height - y - height, width, height)

    def watermark(self, x: float, y: float, angle: float, text: str, style: TextStyle) -> None:
        """One line centred on a point and turned by ``angle`` degrees, below everything else."""
        out = self._canvas.beginText(0, 0)
        out.setFillColorRGB(*style.colour)
        out.setCharSpace(style.tracking)
        turn = radians(angle)
        half, drop = text_width(text, style) / 2, style.size * 0.36
        left = x - half * cos(turn) + drop * sin(turn)
        bottom = self._height - y - half * sin(turn) - drop * cos(turn)
        out.setTextTransform(cos(turn), sin(turn), -sin(turn), cos(turn), left, bottom)
        for font, run in runs(text, style.weight):
            out.setFont(font, style.size)
            out.textLine(run)
        out.setCharSpace(0)
        self._canvas.drawText(out)

    def link(self, x: float, y: float, width: float, height: float, url: str) -> None:
        """An area that opens ``url``."""
        rect = (x, self._height - y - height, x + width, self._height - y)
        self._canvas.linkURL(url, rect, relative=0, thickness=0, F=_PRINT_FLAG)

    def end_page(self) -> None:
        """Write the page's texts and start the next page."""
        self._canvas.drawText(self._text)
        self._canvas.showPage()
        self._begin_page()

    def finish(self) -> bytes:
        """The bytes of the document, after its last ``end_page``."""
        with _cutting_fonts:
            data: bytes = self._canvas.getpdfdata()
        return data
