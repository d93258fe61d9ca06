"""What Stripe is asked for with a link, and the signature by which its money is known again."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from billdesk.core.db.tables import Document
from billdesk.core.db.unit_of_work import Transaction
from billdesk.core.domain.settings import OnlinePayment
from billdesk.core.gateways.stripe.links import payment_link_params
from billdesk.core.services.steps.documents import frozen_document
from billdesk.core.services.steps.install import install_row
from billdesk.core.services.steps.settings import company_row, read_setting

# Version 1 signed a link's uid, amount and currency only; links that carry it are still paid.
METADATA_VERSION = "2"
_FIRST_VERSION = "1"


def link_params(
    tx: Transaction,
    document: Document,
    uid: str,
    revision: int,
    amount_minor: int,
    *,
    livemode: bool,
    is_part: bool = False,
) -> dict[str, Any]:
    """What Stripe is asked for: ``amount_minor`` of the document's currency, once.

    Raises ``UserError`` when Stripe cannot charge it.
    """
    # Babel is slow to import, and links are made seldom.
    from billdesk.core.documents.link_text import compose_link_text

    settings = read_setting(tx, OnlinePayment)
    words = compose_link_text(frozen_document(tx, document.id), amount_minor, is_part=is_part)
    install = install_row(tx)
    currency = document.currency
    metadata = {
        "billdesk_v": METADATA_VERSION,
        "install": install.uid,
        "company": company_row(tx).uid,
        "invoice": document.uid,
        "invoice_no": document.number or "",
        "link": uid,
        "rev": str(revision),
        "cid": tx.correlation_id,
    }
    metadata["ref"] = reference(install.reference_key, metadata, amount_minor, currency, livemode)
    return payment_link_params(
        title=words.title,
        amount_minor=amount_minor,
        currency=currency,
        description=words.description,
        metadata=metadata,
        inactive_message=words.inactive,
        confirmation_message=words.thanks,
        instant_only=settings.instant_only,
        has_link=settings.has_link,
        save_card=settings.saved_cards and document.customer_id is not None,
    )


def reference(
    key: str, metadata: Mapping[str, str], amount_minor: int, currency: str, livemode: bool
) -> str:
    """The signature over what is charged, for whom and in which mode; hexadecimal.

    ``key`` is the books' own. ``metadata`` must hold what names the company, the document and the
    link; its version tells what was signed.
    """
    signed = [metadata.get("link", ""), str(amount_minor), currency]
    if metadata.get("billdesk_v") != _FIRST_VERSION:
        mode = "live" if livemode else "test"
        named = [metadata.get(name, "") for name in ("billdesk_v", "company", "invoice")]
        signed = [*named, *signed, mode]
    return hmac.new(bytes.fromhex(key), ":".join(signed).encode(), hashlib.sha256).hexdigest()
