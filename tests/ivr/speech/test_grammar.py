"""Numbers, dates, places and waits, against hand-written readings and a slower, other model."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calls.words import Language
from ivr.prompts import Date, Digits, Number, Place, StaffNumber, Wait
from ivr.speech.grammar import Unspeakable, all_pieces, piece_names

pytestmark = pytest.mark.unit

ZH, EN = Language.ZH, Language.EN
Spoken = Number | Digits | StaffNumber | Date | Place | Wait


def said(prompt: Spoken, language: Language) -> str:
    words = [all_pieces(language)[name] or "," for name in piece_names(prompt, language)]
    return "".join(words) if language is ZH else " ".join(words)


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (0, "零", "zero"),
        (2, "二", "two"),
        (10, "十", "ten"),
        (12, "十二", "twelve"),
        (20, "二十", "twenty"),
        (22, "二十二", "twenty-two"),
        (100, "一百", "one hundred"),
        (105, "一百零五", "one hundred five"),
        (110, "一百一十", "one hundred ten"),
        (115, "一百一十五", "one hundred fifteen"),
        (200, "两百", "two hundred"),
        (222, "两百二十二", "two hundred twenty-two"),
        (1002, "一千零二", "one thousand two"),
        (1012, "一千零一十二", "one thousand twelve"),
        (1200, "一千二百", "one thousand two hundred"),
        (2000, "两千", "two thousand"),
        (2222, "两千二百二十二", "two thousand two hundred twenty-two"),
        (10000, "一万", "ten thousand"),
        (10015, "一万零一十五", "ten thousand fifteen"),
        (12000, "一万两千", "twelve thousand"),
        (20000, "两万", "twenty thousand"),
        (100500, "十万零五百", "one hundred thousand five hundred"),
        (120000, "十二万", "one hundred twenty thousand"),
        (2000000, "两百万", "two million"),
        (10000005, "一千万零五", "ten million five"),
        (99999999, "九千九百九十九万九千九百九十九", None),
        (100005000, "一亿零五千", "one hundred million five thousand"),
        (200000000, "两亿", "two hundred million"),
        (-7, "负七", "minus seven"),
    ],
)
def test_a_number_is_read_as_people_read_it(value: int, chinese: str, english: str | None) -> None:
    assert said(Number(value=value), ZH) == chinese
    if english:
        assert said(Number(value=value), EN) == english


def written_out(value: int) -> str:
    """Up to 9999: every digit with its unit, then zeros struck out."""
    digits = str(value)
    units = ["", "十", "百", "千"]
    written = "".join(
        "零一二三四五六七八九"[int(digit)] + (units[len(digits) - 1 - at] if digit != "0" else "")
        for at, digit in enumerate(digits)
    )
    return re.sub("零+", "零", written).rstrip("零")


def slow_chinese(value: int) -> str:
    """By rewriting text: nothing of the grammar's way."""
    head, tail = divmod(value, 10000)
    bridge = "零" if tail and tail < 1000 else ""
    written = f"{written_out(head)}万{bridge}{written_out(tail)}" if head else written_out(tail)
    for wrong, right in (
        ("^一十", "十"),
        ("二(?=千)", "两"),
        ("^二(?=[百万])", "两"),
        ("^$", "零"),
    ):
        written = re.sub(wrong, right, written)
    return written


@settings(max_examples=500, deadline=None)
@given(st.integers(0, 99_999_999))
def test_any_chinese_number_agrees_with_a_slower_model(value: int) -> None:
    assert said(Number(value=value), ZH) == slow_chinese(value)


BELOW_TWENTY = """zero one two three four five six seven eight nine ten eleven twelve thirteen
    fourteen fifteen sixteen seventeen eighteen nineteen"""
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
WORTH = {word: worth for worth, word in enumerate(BELOW_TWENTY.split())}
WORTH |= {word: 10 * tens for tens, word in enumerate(TENS.split(), 2)}


def heard_english(words: str) -> int:
    """What a listener makes of it: adds up what she hears."""
    total = group = 0
    for word in re.split("[ -]", words):
        if word == "hundred":
            group *= 100
        elif word in ("thousand", "million", "billion"):
            total += group * {"thousand": 10**3, "million": 10**6, "billion": 10**9}[word]
            group = 0
        else:
            group += WORTH[word]
    return total + group


@settings(max_examples=500, deadline=None)
@given(st.integers(0, 10**12 - 1))
def test_any_english_number_is_heard_as_what_was_meant(value: int) -> None:
    assert heard_english(said(Number(value=value), EN)) == value


@settings(max_examples=300, deadline=None)
@given(st.integers(-(10**14), 10**14), st.sampled_from(Language))
def test_every_number_is_made_of_known_pieces(value: int, language: Language) -> None:
    names = piece_names(Number(value=value), language)
    assert names
    assert set(names) <= set(all_pieces(language))


def test_a_staff_number_is_read_digit_by_digit_with_yao() -> None:
    assert said(StaffNumber(digits="8001"), ZH) == "工号八零零幺为您服务"
    assert said(StaffNumber(digits="8001"), EN) == "Agent eight zero zero one at your service"


def test_digits_to_dial_are_grouped_as_written_and_mobile_numbers_as_customary() -> None:
    assert said(Digits(digits="400-800"), ZH) == "四零零,八零零"
    assert said(Digits(digits="13812345678"), ZH) == "幺三八,幺二三四,五六七八"
    assert said(Digits(digits="+86*5#"), ZH) == "加八六星号五井号"
    assert said(Digits(digits="AB 12"), EN) == "A B , one two"


@pytest.mark.parametrize("digits", ["", "  ", "12/3", "一二", "1" * 41, "12\n", "１２"])
def test_what_is_not_digits_is_unspeakable(digits: str) -> None:
    with pytest.raises(Unspeakable):
        piece_names(Digits(digits=digits), ZH)


@pytest.mark.parametrize(
    ("iso", "chinese", "english"),
    [
        ("2026-11-22", "二零二六年十一月二十二日", "November twenty-second twenty twenty-six"),
        ("2011-01-01", "二零一一年一月一日", "January first twenty eleven"),
        ("2000-02-29", "二零零零年二月二十九日", "February twenty-ninth two thousand"),
        ("2008-08-08", "二零零八年八月八日", "August eighth two thousand eight"),
        ("1905-12-31", "一九零五年十二月三十一日", "December thirty-first nineteen oh five"),
        ("1900-10-30", "一九零零年十月三十日", "October thirtieth nineteen hundred"),
    ],
)
def test_a_date_is_read_as_people_read_it(iso: str, chinese: str, english: str) -> None:
    assert said(Date(iso=iso), ZH) == chinese
    assert said(Date(iso=iso), EN) == english


def test_every_day_of_a_century_has_a_reading() -> None:
    day = date(1970, 1, 1)
    while day.year < 2070:
        for language in Language:
            names = piece_names(Date(iso=day.isoformat()), language)
            assert set(names) <= set(all_pieces(language))
        day += timedelta(days=1)


@pytest.mark.parametrize("iso", ["2026-02-30", "2026-13-01", "20261122", "2026-W01-1", "", "x"])
def test_a_day_that_does_not_exist_is_unspeakable(iso: str) -> None:
    with pytest.raises(Unspeakable):
        piece_names(Date(iso=iso), EN)


@pytest.mark.parametrize(
    ("place", "chinese", "english"),
    [
        (-1, "您是下一位", "You are next in the queue"),
        (0, "您是下一位", "You are next in the queue"),
        (1, "您是下一位", "You are next in the queue"),
        (2, "您前面还有一位客户", "You are number two in the queue"),
        (3, "您前面还有两位客户", "You are number three in the queue"),
        (13, "您前面还有十二位客户", "You are number thirteen in the queue"),
        (23, "您前面还有二十二位客户", "You are number twenty-three in the queue"),
    ],
)
def test_a_place_counts_those_before_the_caller(place: int, chinese: str, english: str) -> None:
    assert said(Place(place=place), ZH) == chinese
    assert said(Place(place=place), EN) == english


@pytest.mark.parametrize(
    ("low", "high", "chinese", "english"),
    [
        (0, 0, "预计等待时间不到一分钟", "The expected wait is less than a minute"),
        (0, 1, "预计等待时间不超过一分钟", "The expected wait is up to one minute"),
        (0, 2, "预计等待时间不超过两分钟", "The expected wait is up to two minutes"),
        (1, 1, "预计等待时间约一分钟", "The expected wait is about one minute"),
        (2, 2, "预计等待时间约两分钟", "The expected wait is about two minutes"),
        (3, 5, "预计等待时间三到五分钟", "The expected wait is three to five minutes"),
        (5, 3, "预计等待时间三到五分钟", "The expected wait is three to five minutes"),
        (2, 12, "预计等待时间两到十二分钟", "The expected wait is two to twelve minutes"),
        (-4, 0, "预计等待时间不到一分钟", "The expected wait is less than a minute"),
        (60, 90, "预计等待时间超过一小时", "The expected wait is more than an hour"),
    ],
)
def test_a_wait_is_a_range_of_minutes(low: int, high: int, chinese: str, english: str) -> None:
    assert said(Wait(low_min=low, high_min=high), ZH) == chinese
    assert said(Wait(low_min=low, high_min=high), EN) == english


def test_piece_names_can_be_file_names() -> None:
    for language in Language:
        assert all(re.fullmatch(r"[a-z0-9_]+", name) for name in all_pieces(language))
