"""References: made, read back, found in subjects, and caught when a digit is wrong."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstay.core.reference import (
    BadReference,
    WrongCheckDigit,
    check_digit,
    find,
    find_mistaken,
    make,
    near,
    parse,
)

RIGHT = make("ABC", 104237)
numbers = st.integers(1, 999_999_999_999)


def test_a_reference_is_prefix_number_and_check_digit():
    assert make("ABC", 104237) == f"ABC-104237-{check_digit(104237)}"
    assert make("IS", 1) == "IS-1-3"
    assert check_digit(572) == 4  # the worked example that Damm's method is told with


@pytest.mark.parametrize("prefix", ["A", "ABCDEF", "abc", "AB1", "Ä1", "ÄB", "A-B", "", "AB\n"])
def test_a_prefix_is_two_to_five_capital_letters(prefix):
    for refused in (lambda: make(prefix, 1), lambda: find("x", prefix), lambda: parse("1-3", prefix)):
        with pytest.raises(BadReference, match="two to five capital letters"):
            refused()


@pytest.mark.parametrize("number", [0, -5])
def test_numbers_begin_at_one(number):
    with pytest.raises(BadReference, match="begin at 1"):
        make("ABC", number)


@settings(max_examples=30)
@given(numbers)
def test_every_single_wrong_digit_is_caught(number):
    digits = f"{number}{check_digit(number)}"
    for place, digit in enumerate(digits):
        for other in "0123456789".replace(digit, ""):
            wrong = digits[:place] + other + digits[place + 1 :]
            assert find(f"ABC-{wrong[:-1]}-{wrong[-1]}", "ABC") == ()


@settings(max_examples=30)
@given(numbers)
def test_every_two_neighbours_swapped_are_caught(number):
    digits = f"{number}{check_digit(number)}"
    for place in range(len(digits) - 1):
        wrong = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        assert (find(f"ABC-{wrong[:-1]}-{wrong[-1]}", "ABC") == ()) == (wrong != digits)


def test_no_error_of_either_kind_passes_in_all_the_first_numbers():
    for number in range(1, 1000):
        digits = f"{number}{check_digit(number)}"
        wrongs = {digits[:i] + d + digits[i + 1 :] for i in range(len(digits)) for d in "0123456789"}
        wrongs |= {digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in range(len(digits) - 1)}
        passing = [wrong for wrong in wrongs - {digits} if check_digit(int(wrong[:-1])) == int(wrong[-1])]
        assert passing == []


@pytest.mark.parametrize(
    "subject",
    [
        "ABC-104237-{c}",
        "[ABC-104237-{c}] Printers are down",
        "Re: [ABC-104237-{c}] Printers are down",
        "AW: WG: Fwd: Re:[ABC-104237-{c}]Printers",
        "RE:ABC-104237-{c}",
        "re: abc-104237-{c} printers",
        "Printers are down (ref. Abc-104237-{c})",
        "Printers are down, see ABC-104237-{c}.",
        "Printers are down ABC-104237-{c}",
        "ABC–104237–{c} with en dashes",
        "ABC—104237—{c} with em dashes",
        "ABC‑104237‑{c} with hyphens that do not break",
        "ABC−104237−{c} with minus signs",
        "ABC\u00ad104237\u00ad{c} with soft hyphens",
        "ABC－104237－{c} with wide hyphens",
        "ＡＢＣ-１０４２３７-{c} with wide letters",
        "ABC - 104237 - {c} with spaces",
        "ABC 104237 {c} read out",
        "ABC\u00a0104237\u2009{c} with odd spaces",
        "\u200bABC-\u2060104237-\ufeff{c}\u200b with invisible characters",
        "ABC104237-{c} run together",
        "ABC_104237_{c}_screenshot.png",
        "folded [ABC-104237-\r\n {c}]",
        "ABC-104237-{c} - 2 printers are down",
        "ABC-104237-{c}: 2026-11-22",
        "INC0012345 / ABC-104237-{c} / XYZ-104237-9",
    ],
)
def test_a_reference_is_found_wherever_people_and_their_programs_put_it(subject):
    assert find(subject.format(c=check_digit(104237)), "ABC") == (RIGHT,)
    assert find_mistaken(subject.format(c=check_digit(104237)), "ABC") == ()


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "Printers are down",
        "XABC-104237-{c}",
        "1ABC-104237-{c}",
        "AB-104237-{c}",
        "ABC-104237-{c}4",
        "ABC-104237-{c}x",
        "ABC-104237-{c}-4",
        "ABC-104237",
        "ABC-0-0",
        "ABC-1042370000000-{c}",
        "ABC / 104237 / {c}",
        "ABC-2026-11-22",
        "104237-{c}",
    ],
)
def test_what_only_resembles_a_reference_is_left_alone(subject):
    assert find(subject.format(c=check_digit(104237)), "ABC") == ()
    assert find_mistaken(subject.format(c=check_digit(104237)), "ABC") == ()


def test_several_are_given_in_order_and_each_once():
    one, other = make("ABC", 7), make("ABC", 104237)
    assert find(f"Re: [{other}] same as {one}? (was [{other.lower()}])", "ABC") == (other, one)


def test_a_wrong_check_digit_is_told_apart_from_no_reference():
    wrong = f"ABC-104237-{(check_digit(104237) + 1) % 10}"
    assert find(f"Re: [{wrong}] and {RIGHT}", "ABC") == (RIGHT,)
    assert find_mistaken(f"Re: [{wrong}] and {RIGHT}, again {wrong}", "ABC") == (wrong,)


@given(numbers, st.sampled_from(["IS", "ABC", "DESKS"]))
def test_what_is_made_is_found_and_read_back(number, prefix):
    reference = make(prefix, number)
    assert find(f"Re: [{reference}] Hello", prefix) == (reference,)
    assert parse(reference, prefix) == number


@pytest.mark.parametrize(
    "typed",
    [
        "ABC-104237-{c}",
        " [abc–104237–{c}] ",
        "abc 104237 {c}",
        "104237-{c}",
        "104237{c}",
        "ABC104237{c}",
        "#104237 {c}",
    ],
)
def test_a_reference_may_be_typed_as_it_was_heard(typed):
    assert parse(typed.format(c=check_digit(104237)), "ABC") == 104237


@pytest.mark.parametrize(
    "typed", ["", "ABC", "7", "ABC-0-0", "XYZ-104237-6", "ABC-104237-6 and more", "12345678901234"]
)
def test_what_is_no_reference_is_refused_with_an_example(typed):
    with pytest.raises(BadReference, match=RIGHT) as refused:
        parse(typed, "ABC")
    assert not isinstance(refused.value, WrongCheckDigit)


def test_a_misheard_reference_is_refused_as_such():
    with pytest.raises(WrongCheckDigit, match="wrong digit"):
        parse(f"ABC-104273-{check_digit(104237)}", "ABC")


@given(st.text())
def test_any_text_may_be_searched(text):
    assert all(parse(reference, "ABC") for reference in find(text, "ABC"))


def test_a_long_hostile_subject_is_searched_in_step_with_its_length():
    hostile = "ABC" + " " * 20_000 + "ABC-" * 5_000 + "1" * 20_000
    assert find(hostile, "ABC") == find_mistaken(hostile, "ABC") == ()


@given(st.integers(1, 10**11), st.data())
def test_a_reference_misheard_by_one_slip_is_among_what_it_may_have_been(number, data):
    right = f"{number}{check_digit(number)}"
    place = data.draw(st.integers(0, len(right) - 1))
    heard = right[:place] + data.draw(st.sampled_from("0123456789")) + right[place + 1 :]
    if heard != right and int(heard[:-1]):
        assert make("ABC", number) in near(f"abc {heard[:-1]} {heard[-1]}", "ABC")


def test_what_a_misheard_reference_may_have_been_is_short_and_sound():
    likely = near(f"ABC-104273-{check_digit(104237)}", "ABC")
    assert make("ABC", 104237) in likely
    assert len(likely) <= 14
    assert all(find(one, "ABC") for one in likely)


@pytest.mark.parametrize("typed", ["", "nonsense", f"ABC-104237-{check_digit(104237)}", "0123456789012345"])
def test_nothing_is_near_what_is_sound_or_is_no_reference(typed):
    assert near(typed, "ABC") == ()
