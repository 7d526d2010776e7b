// The live floor in one tab: what the switchboard says, for React to read. It never looks live when
// it is not: silence makes it stale, also when the worker died or the machine slept.

import { type Floor, fold, forget, NOTHING } from "./floor";
import { type Heard, type Link, SILENT_MS, Switchboard, type Wish } from "./switchboard";
import { Ticker } from "./ticker";

const HERE_MS = 20_000;
const LOOK_MS = 1_000;
/** Boards of a thousand agents change oftener than a screen can show. */
const PAINT_MS = 16;

export class LiveStore {
  floor: Floor = NOTHING;
  link: Link = "connecting";
  /** False until the first floor is there. */
  begun = false;
  readonly seconds: Ticker;
  readonly quarters: Ticker;
  private offset = 0;
  private heardAt = 0;
  private person = "";
  private say: ((wish: Wish) => void) | null = null;
  private readonly listeners = new Set<() => void>();
  private paintedAt = 0;
  private painting: ReturnType<typeof setTimeout> | undefined;

  /** `stranger()`: the server, or another tab, may know somebody else by now. */
  constructor(private readonly stranger: () => void) {
    const runs = () => this.link === "live";
    this.seconds = new Ticker(this.now, runs, 1_000);
    this.quarters = new Ticker(this.now, runs, 250);
    setInterval(() => this.look(), LOOK_MS);
    setInterval(() => this.wish("here"), HERE_MS);
    addEventListener("pagehide", () => this.say?.({ wish: "leave" }));
    addEventListener("pageshow", () => this.wish("watch"));
  }

  /** The hotline's clock, seconds since the epoch. */
  now = (): number => Date.now() / 1000 + this.offset;

  watch(person: string): void {
    if (person !== this.person) {
      this.person = person;
      this.floor = NOTHING;
      this.begun = false;
      this.link = "connecting";
    }
    this.heardAt = Date.now();
    this.say ??= connect((heard) => this.hear(heard));
    this.wish("watch");
    this.changed();
  }

  leave(): void {
    this.say?.({ wish: "leave" });
    this.person = "";
    this.floor = NOTHING;
    this.begun = false;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private hear(heard: Heard): void {
    if (this.person === "") return;
    if (heard.person !== this.person) {
      this.stranger();
      return;
    }
    this.heardAt = Date.now();
    switch (heard.what) {
      case "floor":
        this.floor = heard.floor;
        this.offset = heard.offset;
        this.begun = true;
        this.become(heard.link);
        this.seconds.tick();
        this.quarters.tick();
        break;
      case "notice":
        this.floor = fold(this.floor, heard.notice);
        break;
      case "forget": {
        const call = this.floor.calls.get(heard.call);
        if (call) this.floor = forget(this.floor, call);
        break;
      }
      case "beat":
        this.offset = heard.offset;
        break;
      case "link":
        this.become(heard.link);
        break;
    }
    this.changed();
  }

  private look(): void {
    if (this.person === "" || Date.now() - this.heardAt < SILENT_MS) return;
    // Asks again, too: a tab that slept was forgotten by the worker.
    this.heardAt = Date.now();
    this.become("stale");
    this.wish("watch");
    this.changed();
  }

  private become(link: Link): void {
    if (link === "stale" && this.link !== "stale") this.stranger();
    this.link = link;
  }

  private wish(wish: "watch" | "here"): void {
    if (this.person) this.say?.({ wish, person: this.person });
  }

  private changed(): void {
    if (this.painting !== undefined) return;
    const wait = this.paintedAt + PAINT_MS - performance.now();
    if (wait <= 0) this.paint();
    else this.painting = setTimeout(() => this.paint(), wait);
  }

  private paint(): void {
    this.painting = undefined;
    this.paintedAt = performance.now();
    for (const listener of this.listeners) listener();
  }
}

/** To the browser's one switchboard; to one of this tab's own where workers cannot be shared. */
function connect(hear: (heard: Heard) => void): (wish: Wish) => void {
  const own = () => {
    const board = new Switchboard();
    return (wish: Wish) => board.hear(hear, wish);
  };
  if (typeof SharedWorker === "undefined") return own();
  const worker = new SharedWorker(new URL("./shared.worker.ts", import.meta.url), {
    type: "module",
    name: "threering-live",
  });
  let say = (wish: Wish) => worker.port.postMessage(wish);
  worker.onerror = () => {
    say = own();
  };
  worker.port.onmessage = (event: MessageEvent<Heard>) => hear(event.data);
  return (wish) => say(wish);
}
