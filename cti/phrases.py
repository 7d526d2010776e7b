"""What is wrong with a file of customers, in Chinese."""

from calls.phrases import Phrases

PHRASES = Phrases(
    {
        "two columns both mean {}; keep one of them": "有两列都是 {}；请保留一列",
        "{} cells, but only {} columns; quote commas": (
            "有 {} 格，但只有 {} 列；含逗号的内容请加引号"
        ),
        "there is neither a number nor an id: she could never be found again": (
            "既没有电话也没有编号：以后无法再找到这位客户"
        ),
        "id {} is no id; use letters, digits, - _ . and @, at most 64": (
            "编号 {} 不可用；请用字母、数字、- _ . 和 @，最多 64 个"
        ),
        "{} numbers; at most {} belong to one customer": "有 {} 个号码；一位客户最多 {} 个",
        "{} was shortened by a spreadsheet; format that column as text": (
            "{} 被表格软件缩写了；请把该列设为文本格式"
        ),
        "{} is no telephone number": "{} 不是电话号码",
        "{} is not known; write {}": "{} 无法识别；请填 {}",
        "the {} has {} characters; at most {} fit": "{1}有 {2} 个字符；最多 {3} 个",
        "{} cannot be read: {}": "{} 无法读取：{}",
        "the line is longer than {} characters": "该行超过 {} 个字符",
        "the row cannot be read: {}": "该行无法读取：{}",
        "the first line must name the columns, at least numbers (电话), better with name "
        "(姓名), company (公司), level (级别), language (语言), note (备注), id (客户编号)": (
            "第一行必须是列名，至少要有 numbers（电话），最好还有 name（姓名）、company（公司）、"
            "level（级别）、language（语言）、note（备注）、id（客户编号）"
        ),
        "this is a spreadsheet; save it as CSV (UTF-8) first": (
            "这是电子表格；请先另存为 CSV（UTF-8）"
        ),
        "this is no text file; save the customers as CSV (UTF-8)": (
            "这不是文本文件；请将客户另存为 CSV（UTF-8）"
        ),
        "the file is empty": "文件是空的",
        "the first line cannot be read: {}": "第一行无法读取：{}",
        "name": "姓名",
        "company": "公司",
        "note": "备注",
    }
)
