// What the board says, in both languages. Text only: nothing here is ever read as HTML.

const ZH = {
  sign_in: "登录", sign_out: "退出", name: "登录名", password: "密码", other: "English",
  queues: "队列", agents: "坐席", calls: "通话",
  stage: "阶段", number: "号码", queue: "队列", agent: "坐席", since: "时长",
  live: "实时", connecting: "连接中", not_live: "未连接：显示的不是当前情况，正在重新连接…",
  waiting: "等待", longest: "最长等待", ready: "空闲", offered: "振铃", talking: "通话",
  all_waiting: "等待人数", all_ready: "空闲坐席", all_talking: "通话中",
  ring: "第 {n} 响", strikes: "漏接 {n}", until: "还有 {t}",
  unreachable: "无法连接服务器。",
  state: {
    logged_out: "未登录", not_ready: "示忙", ready: "空闲", offered: "振铃中", talking: "通话中",
    wrapping_up: "话后处理", not_responding: "无应答",
  },
  reason: {
    resting: "稍候", no_device: "话机未注册", device_busy: "话机占用",
    rang_out: "三响未接", rejected: "拒接", busy: "话机忙", not_registered: "话机未注册",
    never_rang: "话机未振铃",
  },
  call: {
    menu: "语音菜单", waiting: "排队", offered: "振铃", talking: "通话", survey: "满意度",
    ended: "已结束",
  },
  alarm: {
    emergency: "紧急开关已打开", journal: "日志写入异常", journal_late: "日志写入变慢",
    records_waiting: "通话记录等待写入", tickets_waiting: "工单等待处理",
    record_refused: "有通话记录未能写入", ticket_refused: "有通话未能生成工单",
    edge_lost: "电话节点失去联系",
  },
};

const EN = {
  sign_in: "Sign in", sign_out: "Sign out", name: "Name", password: "Password", other: "中文",
  queues: "Queues", agents: "Agents", calls: "Calls",
  stage: "Stage", number: "Number", queue: "Queue", agent: "Agent", since: "For",
  live: "Live", connecting: "Connecting", not_live: "Not live: this is not the floor as it is now. Reconnecting…",
  waiting: "Waiting", longest: "Longest wait", ready: "Ready", offered: "Ringing", talking: "Talking",
  all_waiting: "Waiting", all_ready: "Agents ready", all_talking: "Talking",
  ring: "Ring {n}", strikes: "{n} missed", until: "{t} left",
  unreachable: "The server cannot be reached.",
  state: {
    logged_out: "Logged out", not_ready: "Not ready", ready: "Ready", offered: "Ringing",
    talking: "Talking", wrapping_up: "Wrap-up", not_responding: "Not responding",
  },
  reason: {
    resting: "one moment", no_device: "no telephone registered", device_busy: "telephone in use",
    rang_out: "rang out", rejected: "rejected", busy: "busy", not_registered: "not registered",
    never_rang: "never rang",
  },
  call: {
    menu: "Menu", waiting: "Waiting", offered: "Ringing", talking: "Talking", survey: "Survey",
    ended: "Ended",
  },
  alarm: {
    emergency: "The emergency switch is on", journal: "The journal is in trouble",
    journal_late: "The journal is slow", records_waiting: "Call records wait to be written",
    tickets_waiting: "Calls wait for the desk", record_refused: "A call record was refused",
    ticket_refused: "A call could not become a ticket", edge_lost: "A telephone node is out of touch",
  },
};

const KEPT = "threering.language";
export const LANGUAGES = { "zh-CN": ZH, en: EN };
let chosen = kept() ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en");

function kept() {
  try {
    const found = localStorage.getItem(KEPT);
    return found in LANGUAGES ? found : null;
  } catch { return null; }
}

export function language() { return chosen; }

/** Take the person's own language, unless one was chosen in this browser. */
export function prefer(wanted) {
  if (wanted in LANGUAGES && kept() === null) chosen = wanted;
}

export function choose(wanted) {
  chosen = wanted;
  try { localStorage.setItem(KEPT, wanted); } catch { /* private window: kept for this page */ }
}

/** A sentence by its key, blanks filled; a key nobody translated is shown as it is. */
export function say(key, values = {}) {
  const [group, word] = key.includes(".") ? key.split(/\.(.*)/s) : [null, key];
  const table = group ? LANGUAGES[chosen][group] : LANGUAGES[chosen];
  const text = table?.[word] ?? word;
  return text.replace(/\{(\w+)\}/g, (_, blank) => String(values[blank] ?? ""));
}

/** The name in the language shown, else in any. */
export function named(names, otherwise) {
  return names[chosen] ?? Object.values(names)[0] ?? otherwise;
}
