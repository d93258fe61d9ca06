"""Payment links through the API: creation, changes, lists, amounts and idempotency."""

from typing import Any

import pytest
import stripe
from sandbox_support import MakeClient, MakeLink, link_params

from billdesk.sandbox import StripeSandbox


def test_a_link_keeps_what_it_was_made_with(
    sandbox: StripeSandbox, client: stripe.StripeClient, make_link: MakeLink
) -> None:
    made = make_link()
    link = client.v1.payment_links.retrieve(made.id)
    assert link.active
    assert link.url.startswith(f"{sandbox.url}/b/test_")
    assert link.currency == "eur"
    assert link.metadata.to_dict() == {"billdesk_v": "1", "invoice_no": "2026-0042"}
    assert link.restrictions.completed_sessions.to_dict() == {"count": 0, "limit": 1}
    assert link.inactive_message == "This invoice is paid or was replaced."
    items = client.v1.payment_links.line_items.list(link.id).data
    assert [(item.amount_total, item.quantity) for item in items] == [(119_000, 1)]


def test_expand_reaches_line_items_and_their_product(
    client: stripe.StripeClient, make_link: MakeLink
) -> None:
    made = make_link()
    link = client.v1.payment_links.retrieve(made.id, {"expand": ["line_items.data.price.product"]})
    assert link.line_items.data[0].price.product.name == "Invoice 2026-0042"


def test_expand_refuses_what_cannot_be_expanded_and_a_fifth_level(
    client: stripe.StripeClient, make_link: MakeLink
) -> None:
    made = make_link()
    for path in ("currency", "line_items.data.price.product.default_price"):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.payment_links.retrieve(made.id, {"expand": [path]})
        assert caught.value.param == "expand"


def test_an_update_changes_only_what_it_names_and_an_empty_string_unsets(
    client: stripe.StripeClient, make_link: MakeLink
) -> None:
    link = make_link()
    changed = client.v1.payment_links.update(
        link.id, {"active": False, "inactive_message": "", "metadata": {"rev": "2"}}
    )
    assert not changed.active
    assert changed.inactive_message is None
    assert changed.metadata.to_dict()["rev"] == "2"
    assert changed.metadata.to_dict()["invoice_no"] == "2026-0042"
    assert changed.restrictions.completed_sessions.limit == 1


def test_the_amount_of_a_link_cannot_change(
    client: stripe.StripeClient, make_link: MakeLink
) -> None:
    link = make_link()
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_links.update(
            link.id, {"line_items": [{"id": "li_1", "price_data": {"unit_amount": 1}}]}
        )
    assert caught.value.code == "parameter_unknown"


def test_an_unknown_parameter_is_named(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_links.create(link_params(expires_at=1_800_000_000))
    assert (caught.value.code, caught.value.param) == ("parameter_unknown", "expires_at")


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"line_items": []}, "parameter_missing", "line_items"),
        ({"submit_type": "give"}, None, "submit_type"),
        ({"inactive_message": "x" * 501}, "parameter_invalid_string_too_long", "inactive_message"),
        ({"metadata": {"k" * 41: "v"}}, None, f"metadata[{'k' * 41}]"),
        ({"metadata": {"k": "v" * 501}}, None, "metadata[k]"),
        (
            {"restrictions": {"completed_sessions": {"limit": 0}}},
            "parameter_invalid_integer",
            "restrictions[completed_sessions][limit]",
        ),
        (
            {"line_items": [{"price": "price_none", "quantity": 1}]},
            "resource_missing",
            "line_items[0][price]",
        ),
    ],
)
def test_wrong_parameters_are_refused_by_name(
    client: stripe.StripeClient, changes: dict[str, Any], code: str | None, param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_links.create(link_params(**changes))
    assert (caught.value.code, caught.value.param) == (code, param)
    assert caught.value.http_status == 400


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (50, "eur", None),
        (49, "eur", "amount_too_small"),
        (1_499, "czk", "amount_too_small"),
        (49, "jpy", "amount_too_small"),
        (50, "jpy", None),
        (500, "isk", None),
        (550, "isk", "invalid_charge_amount_no_decimal_compatible"),
        (501, "ugx", "invalid_charge_amount_no_decimal_compatible"),
        (5_120, "kwd", None),
        (5_124, "kwd", "parameter_invalid_integer"),
        (999_999_999_999, "eur", None),
        (1_000_000_000_000, "eur", "amount_too_large"),
    ],
)
def test_amounts_follow_stripes_rules_for_the_currency(
    make_link: MakeLink, amount: int, currency: str, code: str | None
) -> None:
    if code is None:
        assert make_link(amount, currency).currency == currency
        return
    with pytest.raises(stripe.InvalidRequestError) as caught:
        make_link(amount, currency)
    assert caught.value.code == code


def test_an_unsupported_currency_is_refused(make_link: MakeLink) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Invalid currency: xau"):
        make_link(1_000, "XAU")


def test_a_repeated_key_gives_the_first_answer_and_no_second_link(
    sandbox: StripeSandbox, make_link: MakeLink
) -> None:
    first = make_link(key="bd1:link:1")
    again = make_link(key="bd1:link:1")
    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert len(sandbox.state()["payment_links"]) == 1


def test_a_key_cannot_serve_other_parameters_or_another_endpoint(
    client: stripe.StripeClient, make_link: MakeLink
) -> None:
    link = make_link(key="bd1:link:1")
    with pytest.raises(stripe.IdempotencyError):
        make_link(120_000, key="bd1:link:1")
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        client.v1.payment_links.update(
            link.id, {"active": False}, options={"idempotency_key": "bd1:link:1"}
        )


def test_a_key_is_free_again_after_a_day(sandbox: StripeSandbox, make_link: MakeLink) -> None:
    first = make_link(key="bd1:link:1")
    sandbox.advance(24 * 3600)
    assert make_link(key="bd1:link:1").id != first.id


def test_a_request_refused_for_its_parameters_does_not_use_up_its_key(
    make_link: MakeLink,
) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        make_link(1, key="bd1:link:1")
    assert make_link(100, key="bd1:link:1").active


def test_lists_run_newest_first_and_page_by_cursor(
    client: stripe.StripeClient, make_link: MakeLink
) -> None:
    made = [make_link(1_000 + number).id for number in range(5)]
    newest_first = made[::-1]
    page = client.v1.payment_links.list({"limit": 2})
    assert [link.id for link in page.data] == newest_first[:2]
    assert page.has_more
    following = client.v1.payment_links.list({"limit": 2, "starting_after": newest_first[1]})
    assert [link.id for link in following.data] == newest_first[2:4]
    before = client.v1.payment_links.list({"limit": 2, "ending_before": newest_first[3]})
    assert [link.id for link in before.data] == newest_first[1:3]
    assert before.has_more
    everything = client.v1.payment_links.list({"limit": 2}).auto_paging_iter()
    assert [link.id for link in everything] == newest_first


def test_lists_filter_and_refuse_wrong_cursors_and_limits(
    client: stripe.StripeClient, make_link: MakeLink
) -> None:
    kept, gone = make_link(1_000), make_link(2_000)
    client.v1.payment_links.update(gone.id, {"active": False})
    active = client.v1.payment_links.list({"active": True})
    assert [link.id for link in active.data] == [kept.id]
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_links.list({"starting_after": "plink_none"})
    assert (caught.value.http_status, caught.value.param) == (400, "starting_after")
    for limit in (0, 101):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.payment_links.list({"limit": limit})


def test_an_unknown_link_is_a_404(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_links.retrieve("plink_none")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")


@pytest.mark.parametrize(
    "key",
    ["sk_live_0123456789abcdef0123", "pk_test_0123456789abcdef0123", "rk_test_short", "nonsense"],
)
def test_only_test_keys_are_accepted(make_client: MakeClient, key: str) -> None:
    with pytest.raises(stripe.AuthenticationError) as caught:
        make_client(key).v1.payment_links.list()
    assert key not in str(caught.value)


def test_any_well_formed_test_key_is_accepted(make_client: MakeClient) -> None:
    for key in ("sk_test_0123456789abcdef", "rk_test_0123456789abcdef"):
        assert make_client(key).v1.balance.retrieve().livemode is False


def test_replies_carry_stripes_headers(client: stripe.StripeClient) -> None:
    headers = client.v1.balance.retrieve().last_response.headers
    assert headers["Request-Id"].startswith("req_")
    assert headers["Stripe-Version"] == "2026-10-28.endive"
    assert headers["Date"] == "Mon, 21 Sep 2026 14:13:20 GMT"
