"""What a person is told when a request is refused: one sentence a language, and its status.

A code is part of the API: it never changes its meaning.
"""

from dataclasses import dataclass

from calls.words import Language


@dataclass(frozen=True, slots=True)
class Sentence:
    status: int
    zh: str
    en: str

    def say(self, language: Language, values: dict[str, object]) -> str:
        text = self.zh if language is Language.ZH else self.en
        try:
            return text.format(**values)
        except (KeyError, IndexError):
            return text


SENTENCES: dict[str, Sentence] = {
    # 400 and 422: what was sent
    "bad_request": Sentence(400, "请求无法理解。", "This request cannot be understood."),
    "not_json": Sentence(400, "请求内容不是 JSON。", "The body is not JSON."),
    "out_of_range": Sentence(422, "数值超出可用范围。", "A number is beyond what can be meant."),
    "unfit": Sentence(422, "内容不合要求：{detail}", "This does not fit: {detail}"),
    "weak_password": Sentence(
        422,
        "密码长度须为 {shortest} 至 {longest} 个字符。",
        "A password has {shortest} to {longest} characters.",
    ),
    "bad_name": Sentence(422, "登录名不能使用。", "This log-in name cannot be used."),
    "bad_shown_name": Sentence(
        422,
        "姓名最多 {most} 个字符，不含控制字符和连续空格。",
        "A name has at most {most} characters, no control characters and no double spaces.",
    ),
    "wrong_old_password": Sentence(
        422, "原密码不正确。", "The password you have now is another one."
    ),
    "tree_refused": Sentence(
        422, "语音树有错误，未发布。", "The tree has mistakes; nothing was published."
    ),
    "plan_in_the_past": Sentence(
        422, "发布时间须晚于现在。", "The time to publish must be later than now."
    ),
    "plan_too_far": Sentence(
        422, "发布时间须在两年之内。", "The time to publish must be within two years."
    ),
    "trial_of_the_same": Sentence(
        422,
        "来电人现在听到的就是这个版本：请先修改草稿，或选择其他版本。",
        "Callers hear this very version now: change the draft first, or choose another version.",
    ),
    "configuration_refused": Sentence(
        422, "配置有错误，未保存。", "The configuration has mistakes; nothing was saved."
    ),
    "form_too_large": Sentence(422, "表单过大。", "This form is too large."),
    "form_no_schema": Sentence(
        422, "这不是有效的 JSON Schema：{detail}", "This is no JSON Schema: {detail}"
    ),
    "form_no_fields": Sentence(
        422, "表单至少要有一个字段。", "A form is an object with at least one field."
    ),
    "form_no_state": Sentence(422, "没有状态 {detail}。", "There is no state {detail}."),
    "form_no_field": Sentence(422, "表单没有这个字段。", "The form has no such field."),
    "form_field_name": Sentence(
        422,
        "字段名只能用小写字母、数字和下划线。",
        "A field is named by small letters, digits and _.",
    ),
    "form_field_kind": Sentence(422, "字段类型只能是：{detail}。", "A field is one of: {detail}."),
    "form_no_name": Sentence(422, "缺少 {detail} 名称。", "Its name in {detail} is missing."),
    "form_value": Sentence(422, "填写不合要求：{detail}", "This does not fit: {detail}"),
    "form_published": Sentence(
        422,
        "他人已发布新版本，您的更改尚未保存。",
        "Somebody else has published a version meanwhile; yours was not.",
    ),
    "same_customer": Sentence(409, "不能与自身合并。", "This is one and the same customer."),
    "no_such_merge": Sentence(
        404, "没有这次合并，或已撤销。", "There is no such merge, or it has been undone."
    ),
    "merge_stays": Sentence(
        409,
        "相关客户已再次合并或删除，不能撤销。",
        "One of them has been merged on or erased since: it cannot be undone.",
    ),
    "not_confirmed": Sentence(
        422,
        "请再次填写客户编号以确认。",
        "Write the customer's id once more to confirm.",
    ),
    "follow_up_lacks": Sentence(
        422, "完整的回访记录须填写此项。", "A complete record says this, too."
    ),
    "step_lacks": Sentence(422, "这一步需要填写此项。", "This step needs this to be filled in."),
    "no_text": Sentence(422, "请写明内容。", "Write what was said."),
    "no_such_department": Sentence(422, "没有部门 {id}。", "There is no department {id}."),
    "nothing_asked": Sentence(422, "请写明要更改什么。", "Say what is to be changed."),
    "no_such_target": Sentence(
        422,
        "这既不是邮件地址，也不是已配置的 webhook 名称。",
        "This is neither a mail address nor the name of a webhook.",
    ),
    "ends_before_it_begins": Sentence(
        422, "结束日期早于开始日期。", "The last day is before the first one."
    ),
    "too_many_periods": Sentence(
        422,
        "时段太多：请缩短日期范围，或选择更长的时段。",
        "Too many periods: choose fewer days, or longer periods.",
    ),
    "too_many_rows": Sentence(
        422,
        "行数太多：请选择更长的时段，或只选其中几个。",
        "Too many rows: choose longer periods, or only some of them.",
    ),
    "bad_reviewers": Sentence(
        422,
        "质检员须为不同的已有用户，且不能是坐席本人；双评须两人，校准至少两人。",
        "Reviewers are different people who are there, never the agent herself: one, two blind to "
        "each other, or two and more to calibrate.",
    ),
    "no_number": Sentence(422, "这不是电话号码。", "This is not a telephone number."),
    # 401 and 403: who asks
    "not_signed_in": Sentence(401, "请先登录。", "Please sign in."),
    "wrong_password": Sentence(401, "登录名或密码不正确。", "Name or password is wrong."),
    "bad_link": Sentence(
        403,
        "链接已过期或无效，请重新获取。",
        "This link is over or was changed; ask for a new one.",
    ),
    "code_needed": Sentence(
        401, "请输入验证器上的验证码。", "Please enter the code your authenticator shows."
    ),
    "wrong_code": Sentence(
        422, "验证码不正确或已用过。", "This code is wrong, or was used already."
    ),
    "not_allowed": Sentence(403, "您没有此项权限。", "You may not do this."),
    "not_your_agent": Sentence(
        403, "您只能操作自己的坐席。", "You may do this for yourself alone."
    ),
    "no_such_trial": Sentence(
        404, "没有试呼 {id}，或已过期。", "There is no test call {id}, or not any more."
    ),
    "not_your_queue": Sentence(
        403,
        "这超出了您负责的队列。",
        "This is beyond the queues you look after.",
    ),
    "no_token": Sentence(
        403, "缺少页面令牌，请重新载入。", "The page's token is missing; reload the page."
    ),
    "other_origin": Sentence(
        403, "请求来自其他网站，已拒绝。", "The request comes from another site."
    ),
    # 404 and 405: what is asked for
    "not_found": Sentence(404, "没有这个页面。", "There is nothing here."),
    "wrong_method": Sentence(405, "此处不能这样请求。", "This cannot be asked in this way."),
    "no_such_queue": Sentence(404, "没有队列 {id}。", "There is no queue {id}."),
    "no_such_agent": Sentence(404, "没有坐席 {id}。", "There is no agent {id}."),
    "no_such_call": Sentence(404, "没有通话 {id}。", "There is no call {id}."),
    "no_such_study": Sentence(404, "没有分析任务 {id}。", "There is no study {id}."),
    "no_picture": Sentence(
        404,
        "分析任务 {id} 没有图：只有已完成的 whatif 和 simulate 才有。",
        "Study {id} has no picture: a what-if or a made-up day has one, once it is done.",
    ),
    "no_such_callback": Sentence(
        404, "没有通话 {id} 的预约回电。", "Nobody is to be called back for call {id}."
    ),
    "no_such_customer": Sentence(404, "没有客户 {id}。", "There is no customer {id}."),
    "no_such_ticket": Sentence(404, "没有工单 {id}。", "There is no ticket {id}."),
    "no_such_form": Sentence(404, "没有这个表单。", "There is no such form."),
    "no_such_file": Sentence(404, "没有这个附件。", "There is no such file."),
    "no_such_complaint": Sentence(404, "工单 {id} 不是投诉。", "Ticket {id} is no complaint."),
    "no_such_task": Sentence(404, "没有任务 {id}。", "There is no task {id}."),
    "no_such_article": Sentence(
        404, "没有文章 {id}，或未发布。", "There is no article {id}, or it is not published."
    ),
    "no_such_remark": Sentence(404, "没有反馈 {id}。", "There is no remark {id}."),
    "no_such_recording": Sentence(404, "没有录音 {id}。", "There is no recording {id}."),
    "no_such_review": Sentence(
        404, "没有质检项 {id}，或不属于您。", "There is no review {id}, or it is not yours."
    ),
    "no_audio": Sentence(404, "录音文件不在了。", "The audio of this recording is gone."),
    "no_such_tree": Sentence(404, "没有语音树 {id}。", "There is no tree {id}."),
    "no_such_plan": Sentence(
        404,
        "没有这个定时发布：可能已发布或已取消。",
        "There is no such plan: it may have been carried out or dropped meanwhile.",
    ),
    "no_such_document": Sentence(
        404, "没有配置 {id} 或这个版本。", "No document {id}, or no such version."
    ),
    "no_such_device": Sentence(
        404,
        "没有话机 {id}，或它不用密码注册。",
        "There is no telephone {id}, or it registers without a password.",
    ),
    "no_such_import": Sentence(404, "没有导入任务 {id}。", "There is no import {id}."),
    "no_such_person": Sentence(404, "没有用户 {id}。", "There is no person {id}."),
    "no_phone": Sentence(
        404,
        "您没有浏览器电话：请在坐席的 devices 里加一个 browser。",
        "You have no telephone in the browser: add one of kind browser to the agent's devices.",
    ),
    "phone_elsewhere": Sentence(
        409,
        "您的电话现在由另一个浏览器使用。",
        "Your telephone is in another browser now.",
    ),
    "no_page_callers": Sentence(
        404, "此处不开放网页呼叫。", "Nobody can call from a web page here."
    ),
    "not_called_here": Sentence(
        404, "从网页不能拨打这个号码。", "This number cannot be called from the page."
    ),
    "not_your_phone": Sentence(403, "这不是您的电话。", "This is not your telephone."),
    # 409: not now
    "no_talk": Sentence(409, "现在没有通话。", "There is no talk now."),
    "nobody_there": Sentence(
        409, "{id} 没有可用的电话。", "{id} has no telephone that could be rung."
    ),
    "dial_no_number": Sentence(422, "这不是可以拨打的号码。", "This is no number to dial."),
    "dial_no_route": Sentence(
        409, "没有外呼线路允许拨打这个号码。", "No outbound route allows this number."
    ),
    "dial_do_not_call": Sentence(
        409, "这个号码要求不要致电。", "This number asked not to be called."
    ),
    "dial_closed": Sentence(409, "现在不在外呼时间内。", "Calls out are not allowed at this hour."),
    "dial_cap": Sentence(
        409, "今天的外呼次数已用完。", "The calls out of today have been used up."
    ),
    "watch_own": Sentence(409, "不能监听自己的通话。", "You cannot watch your own talk."),
    "agent_cannot": Sentence(
        409, "当前状态下不能这样操作：{why}", "The agent cannot do this now: {why}"
    ),
    "caller_cannot": Sentence(
        409, "对这位来电人不能这样操作：{why}", "This cannot be done with the caller: {why}"
    ),
    "ticket_cannot": Sentence(409, "工单不能这样变更：{why}", "The ticket cannot do this: {why}"),
    "same_ticket": Sentence(409, "不能与自身关联或合并。", "These are one and the same ticket."),
    "merged_already": Sentence(
        409, "其中一张工单已经合并。", "One of these tickets has been merged already."
    ),
    "merge_into_closed": Sentence(
        409, "不能合并到已办结的工单。", "A settled ticket takes nothing in: open it again first."
    ),
    "not_merged": Sentence(409, "此工单没有被合并。", "This ticket has not been merged."),
    "complaint_cannot": Sentence(
        409, "投诉不能进行这一步：{why}", "The complaint cannot go this way: {why}"
    ),
    "same_eyes": Sentence(
        409, "提出方案的人不能自行批准。", "Who proposed it does not approve it."
    ),
    "form_lacks": Sentence(
        409,
        "表单还有必填项未填：{fields}。",
        "The form must be filled in first: {fields}.",
    ),
    "not_answered": Sentence(
        409,
        "尚未答复客户：请先填写答复，再办结工单。",
        "The customer has not been answered: write the answer first, then settle the ticket.",
    ),
    "task_cannot": Sentence(409, "任务不能这样变更：{why}", "The task cannot do this: {why}"),
    "task_by_record": Sentence(
        409,
        "回访任务请在“回访”页面填写结果。",
        "What came of it is written down on the follow-ups page.",
    ),
    "follow_up_over": Sentence(409, "这次回访已结束。", "This follow-up is over."),
    "follow_up_no_number": Sentence(
        409, "没有可以拨打的号码。", "There is no number to call her at."
    ),
    "follow_up_do_not_call": Sentence(
        409, "这个号码在免打扰名单上，不能致电。", "This number is on the do-not-call list."
    ),
    "follow_up_rest": Sentence(
        409, "现在是客户休息时间，不能致电。", "It is the customer's rest time: do not call now."
    ),
    "follow_up_later": Sentence(
        409, "刚刚联系过，请稍后再拨。", "She was called a moment ago: try again later."
    ),
    "follow_up_ended": Sentence(
        409,
        "他人已填写这次回访的结果，您填写的内容尚未保存。",
        "Somebody else has written down what came of it; yours was not saved.",
    ),
    "not_its_call": Sentence(
        409, "工单与通话 {call} 无关。", "This ticket is not about call {call}."
    ),
    "review_cannot": Sentence(
        409, "质检项当前状态（{state}）不能这样操作。", "This cannot be done in its state: {state}."
    ),
    "audio_held": Sentence(
        409,
        "录音已被依法保留，不能删除。",
        "This recording is under legal hold and cannot be deleted.",
    ),
    "audio_gone": Sentence(
        409, "录音已删除或正在删除。", "The audio is gone, or is being deleted already."
    ),
    "import_busy": Sentence(
        409, "另一个导入正在进行。", "Another import is coming or running; wait for its end."
    ),
    "planned_already": Sentence(
        409, "该时间已有一个定时发布。", "Another version is planned for this very time."
    ),
    "too_many_plans": Sentence(
        409, "定时发布太多，请先取消一些。", "Too many versions are planned; drop one first."
    ),
    "trial_goes_on": Sentence(
        409,
        "已有一个 A/B 试行正在进行，请先结束它。",
        "Two versions are heard side by side already; end that first.",
    ),
    "no_trial": Sentence(409, "现在没有 A/B 试行。", "No two versions are heard side by side now."),
    "nothing_to_compare": Sentence(
        409,
        "语音树从未发布，没有可对比的版本：请先发布。",
        "The tree was never published, so there is nothing to compare with: publish it first.",
    ),
    "part_misplaced": Sentence(
        409, "文件分片与已收到的部分不相接。", "This part does not go on where the last one ended."
    ),
    "last_admin": Sentence(
        409,
        "至少要有一位能登录的管理员。",
        "There must be one admin left who can sign in.",
    ),
    "person_exists": Sentence(409, "用户 {id} 已存在。", "There is a person {id} already."),
    "document_torn": Sentence(
        409,
        "{id} 不是有效的 YAML 文本，请在服务器上修正。",
        "{id} is no YAML: mend it where it stands, on the server.",
    ),
    # 412: made of something that is not there any more
    "draft_changed": Sentence(
        412,
        "语音树已被他人修改，您的更改尚未保存。",
        "Somebody else has changed the tree; your change was not kept.",
    ),
    "form_changed": Sentence(
        412,
        "表单已被他人填写，您的内容尚未保存。",
        "Somebody else has filled this in meanwhile; yours was not saved.",
    ),
    "complaint_changed": Sentence(
        412,
        "投诉已被他人处理，您的操作尚未保存。",
        "Somebody else has gone on with this complaint; your step was not taken.",
    ),
    "ticket_changed": Sentence(
        412,
        "工单 {id} 已被他人修改，您的更改尚未保存。",
        "Somebody else has changed ticket {id}; your change was not saved.",
    ),
    "task_changed": Sentence(
        412,
        "任务 {id} 已被他人修改，您的更改尚未保存。",
        "Somebody else has changed task {id}; your change was not saved.",
    ),
    "article_changed": Sentence(
        412,
        "文章已被 {by} 改为第 {version} 版，您的更改尚未保存。",
        "{by} has saved version {version} meanwhile; your change was not kept.",
    ),
    "document_changed": Sentence(
        412,
        "配置已被他人修改，您的更改尚未保存。",
        "Somebody else has changed this document; your change was not saved.",
    ),
    "hash_missing": Sentence(
        428,
        "请在 If-Match 中写明所改版本的哈希。",
        "Say in If-Match the hash of what this was made of.",
    ),
    # Too much
    "file_kind": Sentence(
        415,
        "不支持这种文件：可上传图片、PDF、音频、文本、Word 和 Excel 文档（不含宏）。",
        "Files of this kind are not kept: send a picture, PDF, audio, text, Word or Excel file.",
    ),
    "too_large": Sentence(413, "内容太大。", "This is too large."),
    "bad_range": Sentence(416, "没有这一段。", "There is no such part."),
    "too_many_studies": Sentence(
        429,
        "分析任务太多，请等一个完成后再试。",
        "Too many studies are waiting; ask again when one is done.",
    ),
    "too_many_tries": Sentence(
        429, "尝试次数过多，请 {wait_s} 秒后再试。", "Too many tries; wait {wait_s} seconds."
    ),
    "too_many_calls": Sentence(
        429,
        "从您的网络拨打过多，请 {wait_s} 秒后再试。",
        "Too many calls from your network; wait {wait_s} seconds.",
    ),
    # Our own fault
    "lines_full": Sentence(
        503, "线路全忙，请稍后再拨。", "All lines are busy; call again in a little while."
    ),
    "too_busy": Sentence(503, "系统繁忙，请稍后再试。", "The hotline is busy; try again soon."),
    "unavailable": Sentence(
        503,
        "数据暂时无法读取，通话不受影响。",
        "Data cannot be reached just now; calls go on.",
    ),
    "audio_away": Sentence(
        503,
        "录音存储暂不可用，请稍后再试。",
        "The store of audio cannot be reached; try again soon.",
    ),
    "audio_broken": Sentence(
        500,
        "录音文件损坏，无法播放。",
        "The file of this recording is damaged; it cannot be played.",
    ),
    "no_telephony": Sentence(
        503, "电话服务暂不可用，请稍候。", "Telephony cannot be reached just now; wait a little."
    ),
    "no_voice": Sentence(503, "无法合成语音：{why}", "No voice can speak: {why}"),
    "no_app": Sentence(
        503,
        "浏览器页面尚未构建：请在程序目录运行 make setup。",
        "The browser app has not been built: run make setup where the program is.",
    ),
    "failed": Sentence(500, "系统内部错误，已记录。", "Something is broken here; it was noted."),
}
