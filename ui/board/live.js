// The floor as the server tells it: one stream, folded into maps. Knows nothing of the page.

import { EVENTS } from "./api.js";

const SILENT_MS = 12_000; // The server gives a sign of life every five seconds.
const AGAIN_MS = 2_000;
const ENDED_STAYS_MS = 5_000;
const KINDS = ["AgentChanged", "QueueChanged", "CallRinging", "CallChanged", "Alarm"];

export class Live {
  /** `changed(what)` after every change ("all", "queues", "agents", "calls", "alarms", "link");
   *  `refused()` when the server no longer knows who is asking. */
  constructor(changed, refused) {
    this.queues = new Map();
    this.agents = new Map();
    this.calls = new Map();
    this.alarms = new Map();
    this.state = "connecting";
    this.changed = changed;
    this.refused = refused;
    this.offset = 0; // The server's clock minus ours, in seconds.
    this.last = "";
  }

  /** The hotline's clock, in seconds. */
  now() { return Date.now() / 1000 + this.offset; }

  open() {
    const after = this.last ? `?after=${encodeURIComponent(this.last)}` : "";
    this.source = new EventSource(EVENTS + after);
    this.source.addEventListener("reset", (event) => this.reset(JSON.parse(event.data), event));
    this.source.addEventListener("beat", (event) => {
      this.heard(event);
      this.setClock(JSON.parse(event.data).at);
    });
    for (const kind of KINDS) {
      this.source.addEventListener(kind, (event) => {
        this.heard(event);
        this[kind](JSON.parse(event.data));
      });
    }
    this.source.onerror = () => this.lost();
    this.watch();
  }

  close() {
    this.source?.close();
    clearTimeout(this.silence);
    clearTimeout(this.again);
  }

  heard(event) {
    if (event.lastEventId) this.last = event.lastEventId;
    this.watch();
    this.become("live");
  }

  watch() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.lost(true), SILENT_MS);
  }

  lost(silent = false) {
    this.become("stale");
    // A browser tries again by itself, unless the server answered with a refusal or not at all.
    if (silent || this.source.readyState === EventSource.CLOSED) {
      this.source.close();
      clearTimeout(this.silence);
      clearTimeout(this.again);
      this.again = setTimeout(async () => {
        if (await this.refused()) return;
        this.open();
      }, AGAIN_MS);
    }
  }

  become(state) {
    if (this.state === state) return;
    this.state = state;
    this.changed("link");
  }

  setClock(at) { this.offset = at - Date.now() / 1000; }

  reset(floor, event) {
    this.setClock(floor.at);
    this.queues = new Map(floor.queues.map((line) => [line.id, line]));
    this.agents = new Map(floor.agents.map((line) => [line.id, line]));
    this.calls = new Map(floor.calls.map((call) => [call.call, call]));
    this.alarms = new Map(floor.alarms.map((alarm) => [alarm.name, alarm]));
    for (const call of this.calls.values()) this.forgetLater(call);
    this.changed("all");
    this.heard(event);
  }

  // One notice each; what a notice leaves out has its default.

  QueueChanged(said) {
    const line = this.queues.get(said.queue) ?? { id: said.queue, names: {}, rings: 3, service_level_s: 20 };
    const { waiting, offered, talking, ready, longest_since = null } = said;
    this.queues.set(said.queue, { ...line, waiting, offered, talking, ready, longest_since });
    this.changed("queues");
  }

  AgentChanged(said) {
    const line = this.agents.get(said.agent) ?? { id: said.agent, name: said.agent, staff_number: "" };
    const { state, since, reason = "", offer = null, queue = null, until = null, strikes = 0, missed = null } = said;
    const ringing = state === "offered" && line.ringing?.offer === offer ? line.ringing : null;
    this.agents.set(said.agent, { ...line, state, since, reason, offer, queue, until, strikes, missed, ringing });
    this.changed("agents");
  }

  CallRinging(said) {
    const line = this.agents.get(said.agent);
    if (!line) return;
    const { offer, at, cycle_s } = said;
    this.agents.set(said.agent, { ...line, ringing: { offer, at, cycle_s } });
    this.changed("agents");
  }

  CallChanged(said) {
    this.calls.delete(said.call);
    this.calls.set(said.call, said);
    this.forgetLater(said);
    this.changed("calls");
  }

  forgetLater(call) {
    if (call.stage !== "ended") return;
    setTimeout(() => {
      if (this.calls.get(call.call) !== call) return;
      this.calls.delete(call.call);
      this.changed("calls");
    }, ENDED_STAYS_MS);
  }

  Alarm(said) {
    if (said.on) this.alarms.set(said.name, said);
    else this.alarms.delete(said.name);
    this.changed("alarms");
  }
}
