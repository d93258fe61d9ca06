import io

from reportlab.pdfgen.canvas import Canvas

from billdesk.ui.widgets.pdf_preview import PdfPreview


def pdf(pages: int) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    for number in range(pages):
        canvas.drawString(72, 720, f"Page {number + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_new_version_keeps_the_spot_and_the_zoom(qtbot):
    preview = PdfPreview()
    qtbot.addWidget(preview)
    preview.resize(500, 400)
    preview.show()
    with qtbot.waitSignal(preview.pdfShown):
        assert preview.show_pdf(pdf(3))
    preview.zoom_in()
    bar = preview._view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 400)
    bar.setValue(300)
    zoom = preview._view.zoomFactor()
    assert preview.show_pdf(pdf(4))
    assert preview.page_count == 4
    qtbot.waitUntil(lambda: bar.value() == 300)
    assert preview._view.zoomFactor() == zoom


def test_broken_bytes_leave_the_old_document(qtbot):
    preview = PdfPreview()
    qtbot.addWidget(preview)
    preview.show()
    assert preview.show_pdf(pdf(2))
    assert not preview.show_pdf(b"not a pdf")
    assert preview.page_count == 2
    preview.clear()
    assert preview.page_count == 0


def test_zoom_has_limits(qtbot):
    preview = PdfPreview()
    qtbot.addWidget(preview)
    preview.show_pdf(pdf(1))
    for _ in range(30):
        preview.zoom_in()
    assert preview._view.zoomFactor() == 4.0
    for _ in range(40):
        preview.zoom_out()
    assert preview._view.zoomFactor() == 0.25


def test_made_and_destroyed_many_times(qtbot, qapp):
    for _ in range(10):
        preview = PdfPreview()
        preview.show()
        preview.show_pdf(pdf(1))
        preview.close()
        preview.deleteLater()
        qapp.processEvents()
