"""What is wrong with a tree, in Chinese."""

from collections.abc import Iterable

from msgspec.structs import replace

from calls.phrases import Phrases
from calls.words import Language
from ivr.findings import Finding

PHRASES = Phrases(
    {
        "a caller who does nothing goes round for ever: {}": "什么都不按的来电会一直循环：{}",
        "a group must not be repeated; write the repeat on one character": (
            "不能重复一个组；请把重复写在单个字符上"
        ),
        "a menu without keys": "菜单没有按键",
        "a number and a variable": "同时写了号码和变量",
        "a scale from {} to {}": "评分从 {} 到 {}",
        "a secret would be read aloud": "保密内容会被念出来",
        "a step that asks for nothing new": "这一步没有任何新要求",
        "a tree has at most {}": "语音树最多 {}",
        "a tree is an object": "语音树必须是一个对象",
        'add "lists", "prefixes" or "hidden"': '请加上 "lists"、"prefixes" 或 "hidden"',
        'add "{}"': '请加上 "{}"',
        "add choices, or leave it out": "请加上选项，或删去此节点",
        'add it to "languages" and word every prompt in it': (
            '请加入 "languages"，并用该语言写好每条语音'
        ),
        "add keys, or make it a say": "请加上按键，或改为播放节点",
        "add one for each value of {}": "请为 {} 的每个取值各加一条",
        "back-references are not allowed": "不允许反向引用",
        'begin with "{"': '请以 "{" 开头',
        "byte {} is not UTF-8": "第 {} 字节不是 UTF-8",
        "callers can get here without having been told of recording": (
            "来电人可能未被告知录音就到达这里"
        ),
        "did you mean {}?": "是否想写 {}？",
        "exchange them": "请互换",
        "keep one of them": "请保留其中一个",
        "lead a key or a next to it, or take it out": "请让某个按键或下一步通向它，或删去它",
        "lead a timeout or a next out of the circle, at last to a hangup": (
            "请让超时或下一步走出循环，最后到挂机"
        ),
        "leads to {}, which is not there": "通向 {}，但它不存在",
        "leave it out, or look for its name in the tree schema": (
            "请删去，或在语音树规范中查找其名称"
        ),
        "leave it unsaid": "请不要念出",
        "leave the confirming out": "请去掉确认",
        "less than the divisor": "应小于除数",
        "let it be unless the customer's data has it": "除非客户资料中有它，否则保留即可",
        "line {}, column {}: {}": "第 {} 行第 {} 列：{}",
        "look-around, flags and named groups are not allowed": "不允许环视、标志和命名组",
        "low must be less than high": "low 必须小于 high",
        "matches no number": "不匹配任何号码",
        "min_length {} is more than max_length {}": "min_length {} 大于 max_length {}",
        "more than {} open-ended repeats": "不限次数的重复超过 {} 个",
        "names have at most 40 of A-Z a-z 0-9 _ . -, keys are one of 0-9 * #": (
            "名称最多 40 个 A-Z a-z 0-9 _ . - 字符，按键为 0-9 * # 之一"
        ),
        "neither a number nor a variable": "既没有号码也没有变量",
        "no caller gets here": "没有来电能到达这里",
        "no language to choose": "没有可选的语言",
        "no node is called {}": "没有名为 {} 的节点",
        "no node says it": "没有节点播放它",
        "lower it; 0 drops it": "请调低；0 表示不再要求",
        "more than {} s of waiting, and at most {}": "等候要超过 {} 秒，最多 {} 秒",
        "name a skill; level 0 drops it": "请写一项技能；等级 0 表示不再要求",
        "no level of a skill: {}": "技能没有这个等级：{}",
        "no number leaves such a remainder": "没有数会有这样的余数",
        "no prompt begins with {}": "没有以 {} 开头的语音",
        "not JSON: {}": "不是 JSON：{}",
        "not a pattern: {}": "不是有效的格式：{}",
        "nothing in this tree sets {}": "此语音树中没有地方设置 {}",
        "offers {}, which this tree does not speak": "提供了 {}，但此语音树不使用该语言",
        "one key cannot mean both": "一个按键不能有两个含义",
        "prompt {} has no words in {}": "语音 {} 没有 {} 的内容",
        "prompt {} is not there": "没有语音 {}",
        'raise "limits.max_steps" or shorten the way': '请提高 "limits.max_steps" 或缩短路径',
        "save the file as UTF-8": "请以 UTF-8 保存文件",
        "says {}, which is a secret": "会念出保密的 {}",
        "take it out, or say it": "请删去，或播放它",
        "take two keys": "请用两个按键",
        "the tree schema says what may stand here": "此处可写的内容见语音树规范",
        "their talks are not recorded; put a consent node on the way": (
            "他们的通话不会录音；请在途中加入录音同意节点"
        ),
        "there is no voice for {}": "没有 {} 的语音",
        "there is no {} yet": "还没有{}",
        "this is tree {}, not {}": "这是语音树 {}，不是 {}",
        'write "id": "{}"': '请写 "id": "{}"',
        'write "{}" under $.prompts.{}': '请在 $.prompts.{2} 下写 "{1}"',
        'write "{}": {"name": ...}': '请写 "{}": {"name": ...}',
        "write JSON; look for a missing or extra comma, quote or bracket just before": (
            "请写 JSON；检查前面是否缺少或多了逗号、引号或括号"
        ),
        "write a plain pattern, e.g. [1-9][0-9]{5}": "请写简单的格式，如 [1-9][0-9]{5}",
        'write exactly one of "to" and "variable"': '请只写 "to" 或 "variable" 之一',
        "write plain JSON": "请写普通的 JSON",
        "{} bytes": "{} 字节",
        "{} is no number": "{} 不是数",
        "{} is one of: {}": "{}可为：{}",
        "{} is written twice": "{} 写了两次",
        "{} is missing": "缺少 {}",
        "{} is not an object": "{} 不是对象",
        "{} nodes from here on are beyond the limit of {} steps": (
            "从这里起有 {} 个节点超出 {} 步的限制"
        ),
        "{} {} is not known": "没有{} {}",
        "a node": "节点",
        "a prompt": "语音",
        "a kind": "类型",
        "a field of {}": "{} 的字段",
        "a language with a voice": "有语音的语言",
        "a queue": "队列",
        "a calendar": "日历",
        "a lookup": "查询",
        "a script": "脚本",
        "a box": "信箱",
        "a number list": "号码表",
        "queue": "队列",
        "calendar": "日历",
        "lookup": "查询",
        "script": "脚本",
        "box": "信箱",
        "number list": "号码表",
        "{} is no less than was asked before": "{} 并不低于先前的要求",
        "{} s is not after the step before it": "{} 秒不在前一步之后",
        "0 to 10": "0 到 10",
    }
)


def in_words(findings: Iterable[Finding], language: Language) -> tuple[Finding, ...]:
    """The same findings in the language of whoever reads them."""
    return tuple(
        replace(
            one,
            problem=PHRASES.say(one.problem, language),
            advice=PHRASES.say(one.advice, language),
        )
        for one in findings
    )
