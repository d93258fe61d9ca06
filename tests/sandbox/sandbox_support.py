"""What the sandbox tests share: the fixed present, an invoice's link, a page's form."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
import stripe
from chromium import Chromium

# 2026-09-21 14:13:20 UTC: a fixed present, so that only a test moves the sandbox clock.
NOW = 1_790_000_000

CARD = "4242424242424242"
DECLINED = "4000000000000002"
DEBIT_OK = "AT611904300234573201"
DEBIT_RETURNED = "AT861904300235473202"

MakeClient = Callable[..., stripe.StripeClient]
MakeLink = Callable[..., stripe.PaymentLink]


def link_params(amount: int = 119_000, currency: str = "eur", **changes: Any) -> dict[str, Any]:
    """What the application sends to make the link of an invoice."""
    marks = {"billdesk_v": "1", "invoice_no": "2026-0042"}
    return {
        "line_items": [
            {
                "price_data": {
                    "currency": currency,
                    "unit_amount": amount,
                    "product_data": {
                        "name": "Invoice 2026-0042",
                        "description": "Design work in September, incl. VAT 190.00",
                    },
                },
                "quantity": 1,
            }
        ],
        "metadata": marks,
        "payment_intent_data": {"metadata": marks, "description": "Invoice 2026-0042"},
        "restrictions": {"completed_sessions": {"limit": 1}},
        "inactive_message": "This invoice is paid or was replaced.",
        "after_completion": {
            "type": "hosted_confirmation",
            "hosted_confirmation": {"custom_message": "Thank you! Invoice 2026-0042 is paid."},
        },
        "submit_type": "pay",
        "automatic_tax": {"enabled": False},
        "allow_promotion_codes": False,
        **changes,
    }


def submit(session_url: str, **fields: str) -> requests.Response:
    """Post the pay page's form, a correct card payment but for the given fields."""
    form = {
        "method": "card",
        "email": "anna@example.com",
        "name": "Anna Berg",
        "card": CARD,
        "expiry": "12 / 34",
        "cvc": "123",
        **fields,
    }
    return requests.post(session_url, data=form, timeout=10, allow_redirects=False)


def picture(browser: Chromium, tmp_path: Path, name: str) -> None:
    """Keep a picture for people (BILLDESK_PICTURES names a folder) and check it is no blank."""
    folder = Path(os.environ.get("BILLDESK_PICTURES", tmp_path))
    browser.screenshot(folder / f"{name}.png")
    assert (folder / f"{name}.png").stat().st_size > 5_000
    wide = browser.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, "the page scrolls sideways"
