"""The words by which texts are found."""

import pytest

from storage.search_words import MOST_TEXT, words_asked, words_of

pytestmark = pytest.mark.unit


def test_a_chinese_text_is_cut_into_words_long_ones_beside_their_parts() -> None:
    words = words_of("客户服务中心的电话打不通")
    assert {"客户", "服务", "客户服务", "中心", "电话"} <= set(words)


def test_letters_of_every_width_and_case_are_one() -> None:
    assert words_of("ＲＥＦＵＮＤ Refund refund") == ["refund"] * 3


def test_numbers_stay_whole_and_signs_are_no_words() -> None:
    assert words_of("！？ 13812345678 —— 🙂 10086。") == ["13812345678", "10086"]


def test_what_every_text_says_is_not_asked_for_and_nothing_twice() -> None:
    assert words_asked("我的宽带的故障，宽带！ the broadband is broken") == [
        "宽带",
        "故障",
        "broadband",
        "broken",
    ]


def test_nothing_comes_of_nothing_and_a_book_is_read_to_its_limit() -> None:
    assert words_of("") == words_of(" \n\x00，") == []
    assert len(words_of("退款 " * MOST_TEXT)) == (MOST_TEXT + 2) // 3
