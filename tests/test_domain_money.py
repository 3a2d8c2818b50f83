"""Amounts are exact, rounded half-up where the law rounds, and add up."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tramesa.models.domain.money import (
    from_cents,
    half_up,
    multiply,
    percentage,
    plain_decimal,
    plain_text,
    significant_digits,
    to_cents,
)
from tramesa.models.domain.totals import LineOrder, compute

amounts = st.decimals(min_value=Decimal("-1e9"), max_value=Decimal("1e9"), places=8)
cents = st.integers(-(10**18) + 1, 10**18 - 1)
rates = st.decimals(min_value=0, max_value=100, places=2)


def rounded(value: Fraction) -> Decimal:
    """Half-up to hundredths, away from zero, by whole numbers alone."""
    whole, rest = divmod(abs(value) * 100, 1)
    hundredths = int(whole) + (1 if rest >= Fraction(1, 2) else 0)
    return Decimal(-hundredths if value < 0 else hundredths).scaleb(-2)


@st.composite
def plain_texts(draw: st.DrawFn) -> tuple[str, Fraction]:
    """A plain decimal of at most 18 significant digits, zeros around it, and its value."""
    digits = draw(st.text("0123456789", min_size=1, max_size=18))
    point = draw(st.integers(1, len(digits)))
    whole, decimals = "0" * draw(st.integers(0, 3)) + digits[:point], digits[point:] + "0" * draw(st.integers(0, 3))
    sign = draw(st.sampled_from(["", "-"]))
    text = sign + whole + ("." + decimals if decimals else "")
    return text, Fraction(text)


@given(plain_texts())
def test_a_plain_decimal_is_read_exactly_and_written_back(given_text: tuple[str, Fraction]) -> None:
    text, value = given_text

    read = plain_decimal(text)

    assert Fraction(read) == value
    assert plain_decimal(plain_text(read)) == read
    assert re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", plain_text(read))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "+1",
        " 1",
        "1 ",
        "1.",
        ".5",
        "1e3",
        "NaN",
        "Infinity",
        "1_000",
        "1,5",
        "١",
        "0x10",
        "--1",
        "1.2.3",
        "1\n",
    ],
)
def test_anything_but_a_plain_decimal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^not a plain decimal such as -1234\.56$"):
        plain_decimal(text)


@pytest.mark.parametrize(
    "text", ["1234567890123456789", "0.1234567890123456789", "1" + "0" * 18, "-1.000000000000000001"]
)
def test_nineteen_significant_digits_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^more than 18 significant digits$"):
        plain_decimal(text)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("123456789012345678", 18),
        ("1" + "0" * 17, 18),
        ("100.000000", 3),
        ("0.050", 1),
        ("0", 1),
        ("-0.00", 1),
        ("-120", 3),
    ],
)
def test_significant_digits_are_those_of_the_value(text: str, digits: int) -> None:
    assert significant_digits(plain_decimal(text)) == digits


@pytest.mark.parametrize(("text", "written"), [("-0", "0"), ("-0.00", "0.00"), ("0.00", "0.00"), ("-0.10", "-0.10")])
def test_there_is_no_negative_zero(text: str, written: str) -> None:
    read = plain_decimal(text)

    assert str(read) == written
    assert plain_text(read) == written
    assert plain_text(Decimal(text)) == written


def test_a_large_exponent_is_written_out() -> None:
    assert plain_text(Decimal("1E+17")) == "1" + "0" * 17


@given(amounts)
def test_half_up_is_what_fractions_say(value: Decimal) -> None:
    assert half_up(value) == rounded(Fraction(value))
    assert half_up(value).as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("1.115", "1.12"),
        ("2.675", "2.68"),
        ("0.00499", "0.00"),
        ("-1.0050", "-1.01"),
    ],
)
def test_halves_go_away_from_zero(value: str, expected: str) -> None:
    assert half_up(Decimal(value)) == Decimal(expected)


@given(amounts, amounts)
def test_a_product_is_exact_whatever_the_context(left: Decimal, right: Decimal) -> None:
    assert Fraction(multiply(left, right)) == Fraction(left) * Fraction(right)


def test_a_product_of_eighteen_digits_each_is_exact() -> None:
    nines = 10**18 - 1

    assert multiply(Decimal(nines), Decimal(nines)) == nines**2


@given(amounts, rates)
def test_a_percentage_is_rounded_once(base: Decimal, rate: Decimal) -> None:
    assert percentage(base, rate) == rounded(Fraction(base) * Fraction(rate) / 100)


@given(cents)
def test_hundredths_come_back_as_they_went(value: int) -> None:
    amount = from_cents(value)

    assert to_cents(amount) == value
    assert amount.as_tuple().exponent == -2
    assert Fraction(amount) == Fraction(value, 100)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("0.001", "more than two decimals"),
        ("10000000000000000", "more than 18 significant digits"),
        ("-10000000000000000.00", "more than 18 significant digits"),
        ("1E+60", "too large"),
    ],
)
def test_what_is_no_whole_number_of_hundredths_or_does_not_fit_is_refused(value: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        to_cents(Decimal(value))


def test_trailing_zeros_are_no_decimals() -> None:
    assert to_cents(Decimal("1.230000")) == 123
    assert to_cents(Decimal("9999999999999999.99")) == 10**18 - 1


line_orders = st.builds(
    LineOrder,
    description=st.just("x"),
    quantity=st.decimals(min_value=-1000, max_value=1000, places=4),
    unit_price=st.decimals(min_value=-1000, max_value=1000, places=6),
    tax_rate=st.sampled_from([Decimal(rate) for rate in ("0", "4", "5.2", "10", "21")]),
    tax_type=st.sampled_from(["IVA", "IGIC"]),
    discount_rate=st.none() | rates,
    withholding_rate=st.sampled_from([None, Decimal(0), Decimal(7), Decimal(15)]),
)


@given(st.lists(line_orders, min_size=1, max_size=8))
def test_the_sums_of_an_invoice_add_up(orders: list[LineOrder]) -> None:
    computed = compute(tuple(orders))

    totals, charged, withheld = computed.totals, {}, {}
    for order, line in zip(orders, computed.lines, strict=True):
        cost = rounded(Fraction(order.quantity) * Fraction(order.unit_price))
        discount = rounded(Fraction(cost) * Fraction(order.discount_rate or 0) / 100)
        assert (line.cost, line.gross) == (cost, cost - discount)
        assert sum((part.amount for part in line.discounts), Decimal(0)) == discount
        key = (order.tax_type, order.tax_rate)
        charged[key] = charged.get(key, Decimal(0)) + line.gross
        if order.withholding_rate:
            withheld[order.withholding_rate] = withheld.get(order.withholding_rate, Decimal(0)) + line.gross
    taxes = {key: rounded(Fraction(base) * Fraction(key[1]) / 100) for key, base in charged.items()}
    kept_back = {rate: rounded(Fraction(base) * Fraction(rate) / 100) for rate, base in withheld.items()}
    found = {(tax.withheld, tax.type, tax.rate): (tax.base, tax.amount) for tax in computed.taxes}
    assert found == {(False, *key): (charged[key], taxes[key]) for key in charged} | {
        (True, "IRPF", rate): (withheld[rate], kept_back[rate]) for rate in withheld
    }
    assert len(computed.taxes) == len(found)
    assert totals.gross == totals.taxable == sum(line.gross for line in computed.lines)
    assert (totals.discounts, totals.charges) == (0, 0)
    assert totals.taxes == sum(taxes.values())
    assert totals.withheld == sum(kept_back.values())
    assert totals.total == totals.payable == totals.taxable + totals.taxes - totals.withheld


def test_a_corrective_line_of_negative_quantity_mirrors_the_corrected_one() -> None:
    good = LineOrder(
        description="Hours",
        quantity=Decimal(3),
        unit_price=Decimal("33.335"),
        tax_rate=Decimal(21),
        discount_rate=Decimal(5),
        withholding_rate=Decimal(15),
    )
    corrective = LineOrder(
        description="Hours",
        quantity=Decimal(-3),
        unit_price=Decimal("33.335"),
        tax_rate=Decimal(21),
        discount_rate=Decimal(5),
        withholding_rate=Decimal(15),
    )

    first, second = compute((good,)).totals, compute((corrective,)).totals

    assert first.total == Decimal("100.71")
    for name in ("gross", "taxable", "taxes", "withheld", "total", "payable"):
        assert getattr(second, name) == -getattr(first, name)
