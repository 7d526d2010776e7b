"""Written text into words a voice reads rightly and safely. Pure.

Control characters, markup and phoneme brackets are taken out; in Chinese, Arabic numerals are
written in characters first, because espeak-ng drops the zeros of 8001 and reads 2位 as 二位.
"""

import re
import unicodedata

from calls.words import Language
from ivr.speech import zh

MAX_TEXT = 500
"""Characters: about two minutes of Chinese. Longer text is cut at the last sentence or space."""
_MARKUP = str.maketrans(dict.fromkeys("[]<>{}|\\^_`~", " "))
_SENTENCE_END = re.compile(r"[。！？!?；;，,.\s]")
_NUMERAL = re.compile(
    r"(?P<minus>(?<!\w)-)?(?P<whole>\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.(?P<part>\d+))?(?P<percent>%)?",
    re.ASCII,
)
_DATE = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", re.ASCII)
_TIME = re.compile(r"(?<!\d)(\d{1,2}):([0-5]\d)(?!\d)", re.ASCII)
_DASHED = re.compile(r"\d+(?:-\d+)+", re.ASCII)
_ONE_BY_ONE = 7
"""From this many digits on a run is a number to dial or to look up, not a quantity."""
_MEASURES = frozenset("位个次天张条份笔小分周种台件块")


def spoken_form(text: str, language: Language) -> str:
    """What the voice is given: cleaned, at most MAX_TEXT characters; '' when nothing is left."""
    kept = "".join(
        sign if not sign.isspace() and unicodedata.category(sign)[0] != "C" else " "
        for sign in unicodedata.normalize("NFC", text[: 4 * MAX_TEXT])
    )
    clean = _shortened(" ".join(kept.translate(_MARKUP).split()))
    return _numerals_in_chinese(clean) if language is Language.ZH else clean


def _shortened(text: str) -> str:
    if len(text) <= MAX_TEXT:
        return text
    cut = text[:MAX_TEXT]
    ends = [found.end() for found in _SENTENCE_END.finditer(cut)]
    return cut[: ends[-1]].rstrip() if ends and ends[-1] > MAX_TEXT // 2 else cut


def _numerals_in_chinese(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    text = _DATE.sub(lambda day: f"{day[1]}年{int(day[2])}月{int(day[3])}日", text)
    text = _TIME.sub(lambda time: f"{int(time[1])}点{int(time[2])}分", text)
    return _NUMERAL.sub(_in_characters, _DASHED.sub(_dashed, text))


def _dashed(found: re.Match[str]) -> str:
    """3-5 is a range, 400-800-1234 a number to dial."""
    groups = found[0].split("-")
    if len(groups) == 2 and len(found[0]) <= _ONE_BY_ONE:
        return "到".join(groups)
    return "，".join(map(_one_by_one, groups))


def _one_by_one(digits: str) -> str:
    return "".join(zh.PIECES[name] or "，" for name in zh.digits(digits))


def _in_characters(found: re.Match[str]) -> str:
    whole, part = found["whole"].replace(",", ""), found["part"] or ""
    follows = found.string[found.end() : found.end() + 1]
    if not part and follows == "年" and len(whole) == 4:
        said = _plain(whole)
    elif not part and _is_a_name(found["whole"]):
        said = _one_by_one(whole)
    elif whole == "2" and not part and follows in _MEASURES:
        said = zh.PIECES["liang"]
    else:
        said = "".join(zh.PIECES[name] for name in zh.number(int(whole)))
    said += "点" + _plain(part) if part else ""
    return ("负" if found["minus"] else "") + ("百分之" if found["percent"] else "") + said


def _is_a_name(run: str) -> bool:
    """Digits that stand for a thing (an order, a telephone), not for a quantity."""
    return (len(run) >= _ONE_BY_ONE and "," not in run) or (len(run) > 1 and run[0] == "0")


def _plain(digits: str) -> str:
    return "".join(zh.DIGITS[int(digit)] for digit in digits)
