"""The words by which a text is found, Chinese ones, too: what search indexes hold and queries ask.

Runs in a worker process (storage.worker): the dictionary takes 30 MB and 0.2 s to open, which the
process that holds calls does not have. Both sides of a search must use it, or nothing is found.
"""

import unicodedata

MOST_TEXT = 200_000
"""Characters looked at; what is longer is a file, not a text."""
MOST_LETTERS = 40
"""A longer word is nothing anybody types."""
_CHINESE = """
    的 了 是 在 我 你 您 他 她 它 们 我们 你们 他们 和 与 及 或 也 都 就 还 不 没 有 这 那
    这个 那个 吗 呢 吧 啊
    请 很 被 把 给 对 从 到 为 着 过 一 一个 个
"""
_ENGLISH = """
    a an the is are was were be been to of in on at for and or not no it this that i you he she we
    they my your our me do does did have has had with as by from
"""
_SAY_NOTHING = frozenset((_CHINESE + _ENGLISH).split())
"""Words that nearly every text has: asking for them finds everything."""


def words_of(text: str) -> list[str]:
    """The words of ``text`` in order, each as often as it stands there: letters of one width and
    case, long Chinese words beside the shorter ones in them, no signs. For an index."""
    import rjieba

    plain = unicodedata.normalize("NFKC", text[:MOST_TEXT]).casefold()
    return [
        word
        for word in map(str.strip, rjieba.cut_for_search(plain, True))
        if word and len(word) <= MOST_LETTERS and any(map(str.isalnum, word))
    ]


def words_asked(text: str) -> list[str]:
    """The words of ``text`` that tell something, each once, in order. For a query."""
    return [word for word in dict.fromkeys(words_of(text)) if word not in _SAY_NOTHING]
