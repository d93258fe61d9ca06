"""A delivery note: how much of each line was delivered, and when."""

from functools import partial

from PySide6.QtWidgets import QWidget

from billdesk.core.queries.documents import DocumentDetail
from billdesk.core.services.documents.papers import DeliveryInput
from billdesk.ui.desk import Desk
from billdesk.ui.forms.form_dialog import FormDialog
from billdesk.ui.pages.documents.dialogs.quantities import LineLeft, Quantities
from billdesk.ui.text import tr
from billdesk.ui.widgets.date_edit import DateEdit
from billdesk.ui.widgets.field import Field


class DeliveryDialog(FormDialog):
    """Starts with everything, delivered today. ``succeeded`` carries what was issued."""

    def __init__(self, desk: Desk, detail: DocumentDetail, parent: QWidget) -> None:
        title = tr("Delivery note for {number}").format(number=detail.number)
        super().__init__(desk, title, tr("Make delivery note"), parent=parent)
        self._document_id = detail.id
        lines = [
            LineLeft(index, line.name, line.unit, line.quantity)
            for index, line in enumerate(detail.draft.lines)
            if line.quantity > 0
        ]
        self.quantities = Quantities(desk, lines)
        self.on = DateEdit(desk.formats, desk.app.today)
        self.on.set_value(desk.app.today())
        self.body.addWidget(self.quantities)
        day = Field(tr("Delivered on"), self.on, optional=True)
        self.body.addWidget(self.add_field("delivered_on", day))
        self.finish_form()
        self.verb_button.setFocus()

    def submit(self) -> None:
        if self.quantities.problem:
            self.show_problem(self.quantities.problem)
            return
        given = DeliveryInput(self._document_id, self.quantities.values, self.on.value)
        self.run(partial(self.desk.app.papers.deliver, given))
