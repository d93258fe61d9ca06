"""Payment methods: what a test card or bank account looks like once it was typed in."""

from billdesk.sandbox.account import Account
from billdesk.sandbox.cards import PracticeCard, PracticeDebit
from billdesk.sandbox.errors import Json


def card_method(account: Account, card: PracticeCard, name: str, email: str) -> Json:
    method = _method(account, "card", name, email)
    method["card"] = {
        "brand": card.brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        "country": "US",
        "display_brand": card.brand,
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": f"practice{card.number[-4:]}",
        "funding": "credit",
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
    return account.store.add(method)


def debit_method(account: Account, debit: PracticeDebit, name: str, email: str) -> Json:
    method = _method(account, "sepa_debit", name, email)
    method["sepa_debit"] = {
        "bank_code": debit.iban[4:9],
        "branch_code": "",
        "country": debit.iban[:2],
        "fingerprint": f"practice{debit.iban[-4:]}",
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": debit.iban[-4:],
    }
    return account.store.add(method)


def _method(account: Account, kind: str, name: str, email: str) -> Json:
    return {
        "id": account.ids.new("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": {
            "address": {
                "city": None,
                "country": None,
                "line1": None,
                "line2": None,
                "postal_code": None,
                "state": None,
            },
            "email": email,
            "name": name,
            "phone": None,
            "tax_id": None,
        },
        "created": account.clock.now(),
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": kind,
    }
