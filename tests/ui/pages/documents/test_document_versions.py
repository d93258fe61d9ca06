"""The versions of a draft: listed, compared in words, brought back."""

from dataclasses import replace
from decimal import Decimal

from document_shop import Shop
from document_steps import OpenDesk, form, open_dialog, open_document
from pytestqt.qtbot import QtBot

from billdesk.core.domain.drafts import InvoiceDraft, LineDraft
from billdesk.core.domain.early_payment import DiscountTerms
from billdesk.core.domain.revision_diff import diff
from billdesk.core.domain.totals import Adjustment, PriceMode
from billdesk.core.services.invoices import InvoiceService
from billdesk.ui.format import Formats
from billdesk.ui.pages.documents.dialogs.versions import VersionsDialog
from billdesk.ui.pages.documents.version_words import Change, Names, changes

NAMES = Names("EUR", 2, {7: "Nordlicht"}, {1: "VAT 19 %"}, {3: "N North"}, {})
DRAFT = InvoiceDraft(
    customer_id=7,
    subject="Website",
    lines=(
        LineDraft("Design", Decimal(2), Decimal(100)),
        LineDraft("Train", Decimal(1), Decimal(9)),
    ),
)


def told(after: InvoiceDraft) -> list[Change]:
    return changes(diff(DRAFT, after), NAMES, Formats("en_GB"))


def test_differences_are_told_in_words() -> None:
    first, train = DRAFT.lines
    after = replace(
        DRAFT,
        customer_id=None,
        subject="Website and shop",
        price_mode=PriceMode.GROSS,
        discount=DiscountTerms(Decimal(2), 10),
        adjustments=(Adjustment(is_charge=False, amount_minor=500),),
        lines=(
            replace(first, unit_price=Decimal("120.5"), tax_rate_ids=(1,), cost_centre_id=3),
            LineDraft("Hosting", Decimal(1), Decimal(5)),
        ),
    )
    assert told(after) == [
        Change("Customer", "Nordlicht", ""),
        Change("Discount for paying early", "", "2% within 10 days"),
        Change("Subject", "Website", "Website and shop"),
        Change("Prices", "without tax", "with tax"),
        Change("Discount", "", "€5.00"),
        Change("Design: Price", "100", "120.5"),
        Change("Design: Tax", "", "VAT 19 %"),
        Change("Design: Cost centre", "", "N North"),
        Change("Hosting: Description", "Train", "Hosting"),
        Change("Hosting: Price", "9", "5"),
    ]
    assert told(replace(DRAFT, lines=(first,))) == [Change("Line", "Train", "")]
    assert told(replace(DRAFT, lines=(first, train, train))) == [Change("Line", "", "Train")]


def test_an_earlier_version_is_compared_and_brought_back(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    document_id = shop.draft(shop.customer("Nordlicht Studio"), "100", subject="Website")
    first = shop.app.queries.document(document_id)
    other = InvoiceService(shop.app.invoices._uow.acting_as("Ada"))
    other.save(document_id, first.version, replace(first.draft, subject="Website and shop"))
    desk = open_desk()
    page = open_document(qtbot, desk, document_id)
    qtbot.waitUntil(lambda: page.editor is not None)
    fields = form(page).fields
    fields.subject.selectAll()
    qtbot.keyClicks(fields.subject, "Shop")
    assert desk.window.commands.run("invoice.versions")
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, VersionsDialog)
    assert not dialog.verb_button.isEnabled(), "it is the newest"
    qtbot.waitUntil(lambda: dialog.shown == [Change("Subject", "Website and shop", "Shop")])
    dialog.version.setCurrentIndex(2)
    qtbot.waitUntil(lambda: dialog.summary.text() == "It is the first version.")
    dialog.version.setCurrentIndex(1)
    assert dialog.version.currentText().endswith("Ada")
    qtbot.waitUntil(lambda: dialog.shown == [Change("Subject", "Website", "Website and shop")])
    dialog.against.setCurrentIndex(1)
    qtbot.waitUntil(lambda: dialog.shown == [Change("Subject", "Website and shop", "Shop")])
    dialog.submit()
    qtbot.waitUntil(
        lambda: page.editor is not None and page.editor.fields.subject.text() == "Website and shop"
    )
    assert shop.app.queries.document(document_id).draft.subject == "Website and shop"


def test_versions_of_an_issued_document_are_only_compared(
    qtbot: QtBot, shop: Shop, open_desk: OpenDesk
) -> None:
    document_id = shop.issued(shop.customer("Nordlicht Studio"), "100")
    desk = open_desk()
    open_document(qtbot, desk, document_id)
    desk.window.commands.run("invoice.versions")
    dialog = open_dialog(qtbot, desk)
    assert isinstance(dialog, VersionsDialog)
    assert not dialog.verb_button.isVisible()
