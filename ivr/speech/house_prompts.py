"""What the hotline itself says, whatever the tree: a small table a site may word differently.

Rendered under stable names (``<folder>/<lang>/house/<name>.wav``), so that the dialplan's rescue
context can play them with no controller at all.
"""

from collections.abc import Mapping
from types import MappingProxyType

from calls.words import Language
from ivr.model import Wording

Words = Mapping[str, Mapping[Language, Wording]]

BEEP = "beep"
"""The one house prompt that is a tone."""


def _both(zh: str, en: str) -> Mapping[Language, Wording]:
    return MappingProxyType({Language.ZH: Wording(text=zh), Language.EN: Wording(text=en)})


HOUSE_PROMPTS: Words = MappingProxyType(
    {
        "rescue-apology": _both(
            "非常抱歉，系统暂时无法为您服务。请稍后再拨，或在提示音后留言。",
            "We are sorry, our system cannot serve you at the moment. "
            "Please call again later, or leave a message after the tone.",
        ),
        "all-agents-busy": _both(
            "客服人员正忙，请您稍候，我们会尽快为您接通。",
            "All our agents are busy. Please hold, and we will answer you as soon as we can.",
        ),
        "one-moment": _both("请稍候。", "One moment, please."),
        "transferring": _both("正在为您转接，请稍候。", "Please hold while we transfer you."),
        "transfer-failed": _both("抱歉，暂时无法为您转接。", "Sorry, we could not transfer you."),
        "voicemail-instructions": _both(
            "请在提示音后留言，结束请按井号键，或直接挂机。",
            "Please leave a message after the tone. Press pound when you have finished, "
            "or simply hang up.",
        ),
        "voicemail-thanks": _both(
            "留言已保存，我们会尽快与您联系。", "Thank you. We will get back to you soon."
        ),
        "voicemail-empty": _both("没有录到您的留言。", "We did not hear a message."),
        "queue-full": _both(
            "当前排队人数较多，请稍后再拨。",
            "Too many callers are waiting at the moment. Please call again later.",
        ),
        "closed": _both(
            "现在是非工作时间，请在工作时间来电。",
            "We are closed at the moment. Please call again during our opening hours.",
        ),
        "invalid-key": _both(
            "输入有误，请重新输入。", "That is not a valid choice. Please try again."
        ),
        "no-input": _both("没有收到您的输入。", "We did not receive your choice."),
        "recording-notice": _both(
            "为保证服务质量，您的通话将会被录音。",
            "To improve our service, this call will be recorded.",
        ),
        "back-in-queue": _both(
            "坐席暂时无法接听，正在为您转接其他坐席。",
            "We are connecting you to another agent.",
        ),
        "accept-call": _both(
            "客服热线来电，接听请按 1。", "A call from the hotline. To take it, press 1."
        ),
        "callback-offer": _both(
            "如需我们在轮到您时回电，请按1；继续等候，请稍候或按2。",
            "If you would like us to call you back when it is your turn, press 1. "
            "To keep waiting, hold the line or press 2.",
        ),
        "callback-number": _both("我们将拨打以下号码给您回电：", "We will call you back at"),
        "callback-confirm": _both(
            "确认请按1，更换号码请按2，继续等候请按星号键。",
            "Press 1 to confirm, 2 to give another number, or star to keep waiting.",
        ),
        "callback-type": _both(
            "请输入回电号码，按井号键结束。",
            "Please enter the number to call, followed by the pound key.",
        ),
        "callback-not-possible": _both(
            "抱歉，我们无法拨打这个号码。", "Sorry, we cannot call that number."
        ),
        "callback-noted": _both(
            "已为您保留排队位置，轮到您时我们会给您回电。",
            "We will keep your place and call you when it is your turn.",
        ),
        "callback-greeting": _both(
            "您好，您之前预约了回电，现在轮到您了。请按1接通客服。",
            "Hello. You asked us to call you back, and it is your turn now. "
            "Press 1 to talk to an agent.",
        ),
        "callback-later": _both(
            "抱歉，暂时无法为您接通，我们稍后再给您回电。",
            "Sorry, we cannot connect you at the moment. We will call you again.",
        ),
        "goodbye": _both("感谢您的来电，再见。", "Thank you for calling. Goodbye."),
        "test": _both("测试成功。", "The test was successful."),
    }
)


def worded(changes: Mapping[str, Mapping[str, Wording]]) -> Words:
    """The table with a site's own words, or recordings, in it. Raises ValueError naming what is
    unknown."""
    table = {name: dict(words) for name, words in HOUSE_PROMPTS.items()}
    for name, words in changes.items():
        if name not in table:
            raise ValueError(f"no house prompt {name!r}; there are: {', '.join(sorted(table))}")
        for tag, wording in words.items():
            if tag not in {language.value for language in Language}:
                raise ValueError(f"house prompt {name!r}: no language {tag!r}; use zh-CN or en")
            if not wording.text.strip():
                raise ValueError(f"house prompt {name!r} in {tag}: the text is empty")
            table[name][Language(tag)] = wording
    return table
