"""Free text on its way to a voice: safe whatever stands in it, and Chinese numerals as words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.words import Language
from ivr.speech.writing import MAX_TEXT, spoken_form

pytestmark = pytest.mark.unit

ZH, EN = Language.ZH, Language.EN


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("8001号工单", "八千零一号工单"),
        ("2位", "两位"),
        ("第2号", "第二号"),
        ("2个小时", "两个小时"),
        ("12位", "十二位"),
        ("2026年11月22日", "二零二六年十一月二十二日"),
        ("2026-11-02", "二零二六年十一月二日"),
        ("14:30", "十四点三十分"),
        ("400-800-1234", "四零零，八零零，幺二三四"),
        ("3-5天", "三到五天"),
        ("12,345.60元", "一万两千三百四十五点六零元"),
        ("85%", "百分之八十五"),
        ("零下-5度", "零下负五度"),
        ("20261122", "二零二六幺幺二二"),
        ("0012", "零零幺二"),
        ("１２", "十二"),
    ],
)
def test_chinese_numerals_become_words(written: str, spoken: str) -> None:
    assert spoken_form(written, ZH) == spoken


def test_english_numerals_are_left_to_the_voice() -> None:
    assert spoken_form("Ticket 8001, 2 days", EN) == "Ticket 8001, 2 days"


def test_markup_phonemes_and_commands_are_taken_out() -> None:
    hostile = "a[[h@l'oU]] <speak><audio src='/etc'/></speak> \x01b\x00\nc\u202ed `id` |x\\y"
    clean = spoken_form(hostile, EN)
    assert not set(clean) & set("[]<>`|\\\x00\x01\n\u202e")
    assert clean.startswith("a h@l'oU speak audio")


@given(st.text(max_size=3000), st.sampled_from(Language))
def test_nothing_left_in_a_text_can_command_the_voice(text: str, language: Language) -> None:
    clean = spoken_form(text, language)
    assert not set(clean) & set("[]<>{}|\\^_`~\n\r\0")
    assert all(sign.isprintable() for sign in clean)


def test_long_text_is_cut_at_the_end_of_a_sentence() -> None:
    text = spoken_form("你好。" * 1000, ZH)
    assert len(text) <= MAX_TEXT
    assert text.endswith("。")
    assert len(spoken_form("x" * 5000, EN)) == MAX_TEXT
