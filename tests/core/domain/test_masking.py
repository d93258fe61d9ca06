"""Keys, client secrets and addresses disappear from any text; what only looks a little so stays."""

import pytest

from billdesk.core.domain.masking import mask_private, mask_secrets

LIVE_KEY = "rk_live_" + "q" * 24 + "a1B2"


def test_keys_inside_other_text_are_masked() -> None:
    text = f"Invalid API Key provided: {LIVE_KEY}, and sk_test_****************1234; task_list"
    masked = mask_secrets(text)
    assert LIVE_KEY not in masked
    assert "1234" not in masked
    assert masked.endswith("task_list")


@pytest.mark.parametrize(
    "secret",
    [
        "pi_3PqAbC_secret_Zx9Yw8",
        "seti_1Mq_secret_Zx9Yw8",
        "cs_test_a1b2c3_secret_Zx9Yw8",
        "ek_test_Zx9Yw8",
        "whsec_Zx9Yw8",
    ],
)
def test_what_opens_a_single_payment_is_masked_too(secret: str) -> None:
    masked = mask_secrets(f"{{'client_secret': '{secret}', 'id': 'pi_3PqAbC'}}")
    assert "Zx9Yw8" not in masked
    assert masked.endswith("'id': 'pi_3PqAbC'}")


def test_addresses_are_masked_and_code_is_not() -> None:
    text = "refused ada.l+x@nordlicht.example (<bob@lang.example>)\n    @use_case\n    def a(self):"
    masked = mask_private(text)
    assert "nordlicht" not in masked
    assert "bob" not in masked
    assert masked.endswith("\n    @use_case\n    def a(self):")
    assert mask_private("no secret_name here, x @ y") == "no secret_name here, x @ y"
