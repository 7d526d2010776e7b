// What of each document has a form, and which. All else is changed in the text beside it.

/** pairs: `sales: 1, service: 2`, names with a value each. */
export type Kind = "text" | "number" | "choice" | "list" | "pairs" | "secret";

export interface Field {
  /** The keys that lead to it from its entry. */
  path: readonly string[];
  kind: Kind;
  options?: readonly string[];
  /** Names in this group of this document may be chosen. */
  namesOf?: string;
}

export interface Group {
  /** The key its entries stand under; "" for the whole document. */
  key: string;
  fields: readonly Field[];
  /** What a new entry begins with. */
  begins: Record<string, unknown>;
  /** There is one of it, under its key, and no name. */
  single?: true;
}

const text = (...path: string[]): Field => ({ path, kind: "text" });
const number = (...path: string[]): Field => ({ path, kind: "number" });
const list = (...path: string[]): Field => ({ path, kind: "list" });
const pairs = (...path: string[]): Field => ({ path, kind: "pairs" });
const choice = (path: string, ...options: string[]): Field => ({
  path: [path],
  kind: "choice",
  options,
});

const LIMITS = [
  number("waiting"),
  number("longest_wait_s"),
  number("service_level"),
  number("abandoned"),
  number("hold_s"),
];
const STRATEGIES = [
  "longest_idle",
  "fewest_calls",
  "least_talk",
  "round_robin",
  "random",
  "weighted_random",
  "ring_all",
  "progressive",
];

export const DOCUMENTS = {
  "floor.yaml": [
    {
      key: "queues",
      begins: {},
      fields: [
        text("names", "zh-CN"),
        text("names", "en"),
        number("ring", "rings"),
        choice("strategy", ...STRATEGIES),
        number("wrap_up_s"),
        number("announce_every_s"),
        number("service_level_s"),
        number("max_waiting"),
        number("hold", "remind_after_s"),
        number("hold", "back_after_s"),
        number("weight"),
        text("exit_key"),
        pairs("needs"),
        text("calendar"),
        choice("closing", "serve", "callback", "voicemail", "leave"),
      ],
    },
    {
      key: "agents",
      begins: { staff_number: "" },
      fields: [
        text("name"),
        text("staff_number"),
        pairs("queues"),
        pairs("skills"),
        pairs("devices"),
        choice("language", "zh-CN", "en"),
        number("wrap_up_s"),
      ],
    },
  ],
  "trunks.yaml": [
    {
      key: "trunks",
      begins: { kind: "register", host: "" },
      fields: [
        choice("kind", "register", "address"),
        text("host"),
        number("port"),
        text("username"),
        { path: ["secret"], kind: "secret" },
        list("codecs"),
        choice("dtmf", "rfc4733", "inband", "info", "auto"),
        list("matches"),
      ],
    },
    {
      key: "routes",
      begins: { trunk: "", allow: [], daily_cap: 100 },
      fields: [
        { path: ["trunk"], kind: "choice", namesOf: "trunks" },
        text("caller_number"),
        list("allow"),
        list("deny"),
        text("hours"),
        number("daily_cap"),
      ],
    },
  ],
  "calendars.yaml": [
    {
      key: "",
      begins: { week: { "mon-fri": ["09:00-18:00"] } },
      fields: [
        choice("holidays", "china", "none"),
        list("closed"),
        list("working"),
        list("working_hours"),
        list("known_years"),
        ...["mon-fri", "mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) =>
          list("week", day),
        ),
      ],
    },
  ],
  "tickets.yaml": [
    {
      key: "rules",
      begins: { kind: "other", title: { "zh-CN": "", en: "" } },
      fields: [
        choice("kind", "technical", "service", "sales", "other"),
        choice("priority", "low", "normal", "high", "urgent"),
        text("title", "zh-CN"),
        text("title", "en"),
        number("due_in_minutes"),
        number("join_within_hours"),
        list("when", "queues"),
        list("when", "outcomes"),
        list("when", "levels"),
      ],
    },
  ],
  "alarms.yaml": [
    {
      key: "every_queue",
      single: true,
      begins: {},
      fields: LIMITS,
    },
    { key: "queues", begins: { waiting: 10 }, fields: LIMITS },
    {
      key: "agents",
      single: true,
      begins: {},
      fields: [
        number("not_responding_s"),
        number("wrap_up_s"),
        number("hold_s"),
        number("no_telephone_s"),
        number("voice_score"),
      ],
    },
    {
      key: "tell",
      single: true,
      begins: {},
      fields: [list("mail"), number("mail_pause_minutes"), choice("language", "zh-CN", "en")],
    },
  ],
  "outgoing.yaml": [
    {
      key: "mail",
      single: true,
      begins: {},
      fields: [
        text("host"),
        number("port"),
        choice("security", "starttls", "tls", "none"),
        text("user"),
        { path: ["secret"], kind: "secret" },
        text("sender"),
      ],
    },
    {
      key: "webhooks",
      begins: { url: "https://", secret: "" },
      fields: [text("url"), { path: ["secret"], kind: "secret" }, list("events")],
    },
  ],
  "departments.yaml": [
    {
      key: "",
      begins: { name: { "zh-CN": "", en: "" } },
      fields: [
        text("name", "zh-CN"),
        text("name", "en"),
        list("kinds"),
        text("calendar"),
        number("reach_in_minutes"),
        number("answer_in_days"),
        number("warn_at_percent"),
      ],
    },
  ],
  "followups.yaml": [
    {
      key: "rules",
      begins: { after: "resolution" },
      fields: [
        choice("after", "resolution", "complaint", "low_score", "call"),
        list("levels"),
        list("queues"),
        number("share_percent"),
        number("score_below"),
        choice("by", "agents", "supervisors", "who_talked"),
      ],
    },
    {
      key: "call_hours",
      single: true,
      begins: {},
      fields: [
        ...["mon-sun", "mon-fri", "sat", "sun"].map((day) => list("week", day)),
        choice("holidays", "china", "none"),
        list("closed"),
      ],
    },
  ],
} satisfies Record<string, readonly Group[]>;

export type DocumentId = keyof typeof DOCUMENTS;

export function isDocument(id: string): id is DocumentId {
  return Object.hasOwn(DOCUMENTS, id);
}
