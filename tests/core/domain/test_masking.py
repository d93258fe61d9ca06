"""Keys, client secrets and addresses disappear from any text; what only looks a little so stays."""

from time import process_time

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


@pytest.mark.parametrize(
    "before",
    [
        "\\n",
        "\\x1b",
        "\\u2028",
        "key%3D",
        "Bearer%20",
        "_",
        "7",
        "Schlüssel",
    ],
)
def test_a_key_is_masked_whatever_stands_before_it(before: str) -> None:
    for prefix in (
        "sk_live_",
        "rk_test_",
        "sk_org_live_",
        "sk%5Flive%5F",
        "rk%5ftest%5f",
        "whsec_",
    ):
        masked = mask_secrets(f"{before}{prefix}Zx9Yw8, done")
        assert masked == f"{before}{prefix}..., done"
        masked = mask_secrets(f"{before}pi_3PqAbC_secret_Zx9Yw8, done")
        assert masked == f"{before}pi_3PqAbC_secret_..., done"


@pytest.mark.parametrize("before", ["\n", "\t", "\r", "\x00"])
def test_a_key_is_masked_after_a_character_that_repr_spells_out(before: str) -> None:
    assert "Zx9Yw8" not in mask_secrets(repr(before + "sk_Zx9Yw8"))
    assert LIVE_KEY not in mask_secrets(repr(before + LIVE_KEY))


def test_secrets_in_an_address_of_the_web_are_masked() -> None:
    masked = mask_secrets("/v1?key=sk%5Flive%5FZx9Yw8&secret=pi%5F3PqAbC%5Fsecret%5FZx9Yw8&n=1")
    assert "Zx9Yw8" not in masked
    assert masked.endswith("&n=1")


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "sk_",
        "test_",
        "sk test_",
        "a_b",
        "abcdefghijklmnop_",
        "a_secret",
        "a@",
        "a.",
        "a@b.c",
        "@.",
        "%5F",
    ],
)
@pytest.mark.parametrize("start", ["", "sk_"])
def test_the_time_grows_with_the_length_of_the_text_and_not_faster(start: str, piece: str) -> None:
    def fastest(length: int) -> float:
        text = start + piece * (length // len(piece))
        taken = []
        for _ in range(3):
            begun = process_time()
            mask_private(text)
            taken.append(process_time() - begun)
        return min(taken)

    # Four times the text: about four times as long, sixteen times were each start tried to the end.
    assert fastest(40_000) < 9 * fastest(10_000) + 0.05
