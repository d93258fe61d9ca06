"""What a document carries besides its lines: own fields, contact, delivery, cost centres."""

from dataclasses import replace

import pytest
from books import Shop, line

from billdesk.core.domain.addresses import Address
from billdesk.core.domain.custom_fields import CustomField, CustomValue, Entity, FieldType
from billdesk.core.domain.errors import NotAllowed, NotFound, UserError
from billdesk.core.domain.snapshot import Delivery, SnapshotField
from billdesk.core.services.cost_centres import CostCentreInput

SITE = Delivery("Building site 7", Address("Hafenweg 1", "", "20457", "Hamburg", "", "de"))


def test_own_fields_contact_and_delivery_are_kept_frozen_and_found(shop: Shop) -> None:
    fields = shop.app.custom_fields
    fields.create(Entity.DOCUMENT, CustomField("", "Cost unit", is_printed=True))
    fields.create(Entity.DOCUMENT, CustomField("ready", "Ready", FieldType.DATE))
    draft = shop.draft(
        contact="Ingrid Berg",
        delivery=SITE,
        custom=(CustomValue("cost_unit", " KS-4711 "), CustomValue("ready", "2026-12-01")),
    )
    saved = shop.app.invoices.create(draft)
    detail = shop.app.queries.document(saved.document_id)
    stored = replace(
        draft,
        delivery=replace(SITE, address=replace(SITE.address, country="DE")),
        custom=(CustomValue("cost_unit", "KS-4711"), CustomValue("ready", "2026-12-01")),
        currency="EUR",
        language="en",
        exchange_rate=detail.draft.exchange_rate,
    )
    assert detail.draft == stored
    preview = shop.app.queries.preview_snapshot(saved.document_id)
    shop.app.invoices.issue(saved.document_id, saved.version)
    snapshot = shop.app.queries.document(saved.document_id).snapshot
    assert snapshot is not None
    assert snapshot.custom == (SnapshotField("Cost unit", "KS-4711"),)
    assert (snapshot.buyer.contact, snapshot.delivery) == ("Ingrid Berg", stored.delivery)
    assert (preview.custom, preview.delivery) == (snapshot.custom, snapshot.delivery)
    assert "ks-4711" in shop.document(saved.document_id).search_text
    shop.check()


def test_a_required_field_is_asked_for_at_issue_not_before(shop: Shop) -> None:
    field_id = shop.app.custom_fields.create(
        Entity.DOCUMENT, CustomField("site", "Site", is_required=True)
    )
    saved = shop.app.invoices.create(shop.draft())
    with pytest.raises(UserError, match="Fill in “Site”") as refusal:
        shop.app.invoices.issue(saved.document_id, saved.version)
    assert refusal.value.field == "custom.site"
    assert shop.document(saved.document_id).issued_at is None
    shop.app.custom_fields.delete(field_id)
    shop.app.invoices.issue(saved.document_id, saved.version)
    shop.check()


def test_a_field_is_defined_changed_moved_and_retired(shop: Shop) -> None:
    fields, queries = shop.app.custom_fields, shop.app.queries
    first = fields.create(Entity.ITEM, CustomField("", "Größe (cm)", FieldType.NUMBER))
    second = fields.create(Entity.ITEM, CustomField("", "Größe (cm)"))
    assert [row.field.key for row in queries.custom_fields()] == ["grosse_cm", "grosse_cm_2"]
    fields.move(second, -1)
    assert [row.id for row in queries.custom_fields()] == [second, first]
    fields.update(first, CustomField("", "Width", FieldType.NUMBER, is_required=True))
    with pytest.raises(NotAllowed, match="kind of a field"):
        fields.update(first, CustomField("", "Width", FieldType.TEXT))
    with pytest.raises(UserError, match="with the key"):
        fields.create(Entity.ITEM, CustomField("grosse_cm", "Again"))
    fields.delete(first)
    (gone,) = queries.custom_fields(deleted=True)
    assert (gone.field.label, gone.field.is_required) == ("Width", True)
    fields.restore(first)
    assert len(queries.custom_fields()) == 2
    assert set(shop.told()) == {"CompanyChanged"}
    shop.check()


@pytest.mark.both_engines
def test_revenue_is_posted_for_the_cost_centre_of_its_line(shop: Shop) -> None:
    centres = shop.app.cost_centres
    north, south = (
        centres.create(CostCentreInput(code, name))
        for code, name in (("N", "North"), ("S", "South"))
    )
    lines = (
        line("100", cost_centre_id=north),
        line("50", cost_centre_id=south),
        line("25", cost_centre_id=north),
        line("10"),
    )
    issued = shop.issued(lines=lines)
    rows = shop.rows(
        "SELECT cost_centre_id, sum(minor) AS minor FROM posting WHERE document_id IS NULL "
        "GROUP BY cost_centre_id"
    )
    assert {row.cost_centre_id: row.minor for row in rows} == {
        north: -12_500,
        south: -5_000,
        None: -1_000,
    }
    shop.app.invoices.void(issued.document_id, "Typed wrongly")
    left = shop.one("SELECT sum(minor) AS minor FROM posting WHERE cost_centre_id = :c", c=north)
    assert left.minor == 0
    shop.check()


def test_a_cost_centre_has_its_code_alone_and_belongs_to_one_company(
    shop: Shop, open_shop: object
) -> None:
    centres = shop.app.cost_centres
    first = centres.create(CostCentreInput("N", "North"))
    with pytest.raises(UserError, match="belongs to North"):
        centres.create(CostCentreInput("N", "Another"))
    for wrong, field in ((CostCentreInput("", "x"), "code"), (CostCentreInput("x", " "), "name")):
        with pytest.raises(UserError) as refusal:
            centres.create(wrong)
        assert refusal.value.field == field
    centres.update(first, CostCentreInput("N1", "North"))
    centres.delete(first)
    assert shop.app.queries.cost_centres() == ()
    assert shop.app.queries.cost_centres(deleted=True)[0].code == "N1"
    centres.restore(first)
    other = open_shop("Other GmbH")  # type: ignore[operator]
    with pytest.raises(NotFound):
        other.app.invoices.create(other.draft(lines=(line("1", cost_centre_id=first),)))
    with pytest.raises(NotFound):
        other.app.cost_centres.delete(first)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"contact": "x" * 201}, "contact"),
        ({"custom": (CustomValue("none", "x"),)}, "custom.none"),
        ({"delivery": Delivery("x" * 201)}, "delivery.name"),
        ({"delivery": Delivery("", Address(country="Germany"))}, "delivery.country"),
        ({"delivery": Delivery("", Address(city="\x00"))}, "delivery.city"),
    ],
)
def test_an_extra_that_cannot_be_names_its_field(
    shop: Shop, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(UserError) as refusal:
        shop.app.invoices.create(shop.draft(**changes))
    assert refusal.value.field == field
