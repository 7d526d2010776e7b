"""Numbers as trunks send them and people write them."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.numbers import NumberKind, could_be_same, read_number, tail_of

pytestmark = pytest.mark.unit

WRITTEN = [
    # as written, E.164
    ("13812345678", "+8613812345678"),
    ("013812345678", "+8613812345678"),
    ("8613812345678", "+8613812345678"),
    ("+8613812345678", "+8613812345678"),
    ("008613812345678", "+8613812345678"),
    ("+86 138 1234 5678", "+8613812345678"),
    ("138-1234-5678", "+8613812345678"),
    ("0138/1234/5678", "+8613812345678"),
    ("138.1234.5678", "+8613812345678"),
    ("１３８ １２３４ ５６７８", "+8613812345678"),
    ("（010）6234－5678", "+861062345678"),
    ("\u202d13812345678\u202c", "+8613812345678"),
    ("138\u20111234\u20115678", "+8613812345678"),
    ("17951 13812345678", "+8613812345678"),
    ("14012345678", "+8614012345678"),
    ("010-62345678", "+861062345678"),
    ("+86 (10) 6234-5678", "+861062345678"),
    ("0755 8612 3456", "+8675586123456"),
    ("4008001234", "+864008001234"),
    ("00852 2123 4567", "+85221234567"),
    ("+1 212-555-0123", "+12125550123"),
    ("12125550123", "+12125550123"),
    ("+1 555 555 5555", "+15555555555"),  # no range of our tables, but whole
    ("001 555 555 5555", "+15555555555"),
]


@pytest.mark.parametrize(("written", "e164"), WRITTEN)
def test_every_usual_writing_of_a_number_becomes_one(written: str, e164: str) -> None:
    number = read_number(written)
    assert number.kind is NumberKind.E164
    assert number.e164 == number.key == e164


def test_a_number_knows_how_its_own_country_dials_it_and_how_eyes_read_it() -> None:
    assert read_number("+861062345678").national == "01062345678"
    assert read_number("+861062345678").display == "010 6234 5678"
    assert read_number("+8613812345678").national == "13812345678"
    assert read_number("+12125550123").display == "+1 212-555-0123"
    assert read_number("2125550123", "US").display == "(212) 555-0123"


@pytest.mark.parametrize(
    "text", ["", " ", "anonymous", "Restricted", "UNKNOWN", "Private", "匿名", "0", "000000", "-"]
)
def test_a_caller_who_hides_is_hidden_and_has_no_number(text: str) -> None:
    number = read_number(text)
    assert number.kind is NumberKind.HIDDEN
    assert (number.e164, number.national, number.display, number.key) == ("", "", "", "")


def test_the_address_of_an_anonymous_sip_caller_is_hidden_too() -> None:
    assert read_number("anonymous@anonymous.invalid").kind is NumberKind.HIDDEN


@pytest.mark.parametrize("text", ["8001", "95588", "10086", "110", "80-01"])
def test_short_numbers_are_internal_and_kept_as_digits(text: str) -> None:
    number = read_number(text)
    assert number.kind is NumberKind.INTERNAL
    assert number.key == text.replace("-", "")


def test_a_local_number_is_completed_by_the_area_code_of_the_centre_or_not_at_all() -> None:
    assert read_number("62345678", area_code="10").e164 == "+861062345678"
    assert read_number("62345678").kind is NumberKind.MALFORMED
    assert read_number("62345678").key == "62345678"


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "13812345678\r\nVariable: x=1",
        "1381234567\x00",
        "13812345678\n",
        "138٣٤٥٦٧٨٩٠",
        "138①2345678",
        "0" * 5 + "1" * 500_000,
        "1" * 65,
        "++8613812345678",
        "+999 1234 5678",
        "0099912345678",
        "13812345678;rm",
        "${EXTEN}",
        "12345678901234567890",
        "\ud800",
    ],
)
def test_hostile_text_is_malformed_and_never_a_callable_number(text: str) -> None:
    number = read_number(text)
    assert number.kind is NumberKind.MALFORMED
    assert number.e164 == ""
    assert set(number.key) <= set("0123456789+*#")


@given(
    st.text(max_size=80), st.sampled_from(["CN", "US", "GB", "XX", ""]), st.sampled_from(["", "10"])
)
def test_nothing_anybody_writes_raises_or_gives_other_characters(
    text: str, region: str, area_code: str
) -> None:
    number = read_number(text, region, area_code)
    assert set(number.key) <= set("0123456789+*#")
    assert (number.kind is NumberKind.E164) == bool(number.e164)


@given(st.integers(1_300_000_0000, 1_999_999_9999), st.sampled_from(["", "0", "86", "0086", "+86"]))
def test_the_quick_way_for_chinese_mobiles_agrees_with_the_general_one(
    digits: int, prefix: str
) -> None:
    parsed = phonenumbers.parse(f"+86{digits}")
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    number = read_number(f"{prefix}{digits}")
    assert (number.e164, number.national) == (e164, national.replace(" ", ""))


@given(st.sampled_from([e164 for _, e164 in WRITTEN]))
def test_reading_what_was_read_changes_nothing(e164: str) -> None:
    assert read_number(e164).e164 == e164


SIMILAR = [
    ("+861062345678", "62345678", True),  # stored without its area code
    ("+861062345678", "01062345678", True),
    ("+8613812345678", "13812345678", True),
    ("+13812345678", "+8613812345678", True),  # read in the wrong country
    ("+8613812345678", "+8613912345678", False),  # two mobiles
    ("+861062345678", "+862162345678", False),  # Beijing and Shanghai
    ("8001", "8001", False),
    ("+99912345678", "12345678", True),  # a country nobody knows
    ("+861062345678", "+861062345679", False),
]


@pytest.mark.parametrize(("one", "other", "similar"), SIMILAR)
def test_similar_means_perhaps_the_same_never_merely_alike(
    one: str, other: str, similar: bool
) -> None:
    assert could_be_same(one, other) is similar
    assert could_be_same(other, one) is similar


def test_a_caller_on_a_web_page_is_known_by_her_name_and_is_no_number() -> None:
    read = read_number("web-0123456789ab")
    assert (read.kind, read.key, read.e164) == (NumberKind.WEB, "web-0123456789ab", "")
    assert not read.can_be_dialled
    assert tail_of(read.key) == ""
    assert not could_be_same(read.key, "+860123456789")
    for other in ("web-0123456789AB", "web-0123456789ab\n1", "web-0123456789abc", "web-", "page-1"):
        assert read_number(other).key == "", other


def test_only_eight_digits_make_a_tail() -> None:
    assert tail_of("+8613812345678") == "12345678"
    assert tail_of("12345678") == "12345678"
    assert tail_of("1234567") == ""
    assert tail_of("*12345678") == ""
    assert tail_of("") == ""
