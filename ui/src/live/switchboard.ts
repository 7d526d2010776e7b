// One stream for all tabs of a browser. Runs in a SharedWorker, or in the tab where there is none.
// It holds the floor, so that a tab that comes later begins at once; what it hears it passes on.

import { begin, type Floor, fold, forget, type Notice } from "./floor";

const EVENTS = "/api/v1/events";
/** The server gives a sign of life every five seconds. */
export const SILENT_MS = 12_000;
const AGAIN_MS = 2_000;
const ENDED_STAYS_MS = 5_000;
/** A tab says that it is there more often than this, unless it sleeps or has crashed. */
const GONE_MS = 60_000;
const KINDS: Notice["notice"][] = [
  "AgentChanged",
  "QueueChanged",
  "CallRinging",
  "CallChanged",
  "PopShown",
  "PopPatched",
  "PopWithdrawn",
  "TalkChanged",
  "Alarm",
];

export type Link = "connecting" | "live" | "stale";

/** To the tabs. Each names the person whose floor it is. */
export type Heard = { person: string } & (
  | { what: "floor"; floor: Floor; offset: number; link: Link }
  | { what: "notice"; notice: Notice }
  | { what: "forget"; call: string }
  | { what: "beat"; offset: number }
  | { what: "link"; link: Link }
);

/** From the tabs. */
export type Wish = { wish: "watch" | "here"; person: string } | { wish: "leave" };

export type Ear = (heard: Heard) => void;

export class Switchboard {
  private readonly ears = new Map<Ear, number>();
  private person = "";
  private source: EventSource | null = null;
  private floor: Floor | null = null;
  private link: Link = "connecting";
  private offset = 0;
  private last = "";
  private silence: ReturnType<typeof setTimeout> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;

  hear(ear: Ear, wish: Wish): void {
    this.sweep();
    if (wish.wish === "leave") {
      this.ears.delete(ear);
      if (this.ears.size === 0) this.close();
      return;
    }
    const known = this.ears.has(ear) && wish.wish === "here" && wish.person === this.person;
    this.ears.set(ear, Date.now());
    if (known) return;
    if (wish.person !== this.person) {
      // Another person signed in: nothing of the former one's floor stays.
      this.close();
      this.person = wish.person;
    }
    if (this.source === null || this.link === "stale") this.open();
    if (this.floor) {
      const { floor, offset, link, person } = this;
      ear({ what: "floor", floor, offset, link, person });
    }
  }

  private open(): void {
    clearTimeout(this.again);
    this.source?.close();
    const source = new EventSource(
      this.last ? `${EVENTS}?after=${encodeURIComponent(this.last)}` : EVENTS,
    );
    this.source = source;
    source.addEventListener("reset", (event) => {
      this.floor = begin(JSON.parse(event.data));
      this.setClock(JSON.parse(event.data).at);
      this.heard(event);
      const { floor, offset, link, person } = this;
      this.tell({ what: "floor", floor, offset, link, person });
    });
    source.addEventListener("beat", (event) => {
      this.setClock(JSON.parse(event.data).at);
      this.heard(event);
      this.tell({ what: "beat", offset: this.offset, person: this.person });
    });
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        this.heard(event);
        this.take(JSON.parse(event.data));
      });
    }
    source.onerror = () => this.lost(source.readyState === EventSource.CLOSED);
    this.watch();
  }

  private close(): void {
    this.source?.close();
    clearTimeout(this.silence);
    clearTimeout(this.again);
    this.source = null;
    this.floor = null;
    this.last = "";
    this.link = "connecting";
  }

  private take(notice: Notice): void {
    if (!this.floor) return;
    this.floor = fold(this.floor, notice);
    this.tell({ what: "notice", notice, person: this.person });
    if (notice.notice === "CallChanged" && notice.stage === "ended") {
      setTimeout(() => {
        if (!this.floor) return;
        const before = this.floor;
        this.floor = forget(before, notice);
        if (this.floor !== before) {
          this.tell({ what: "forget", call: notice.call, person: this.person });
        }
      }, ENDED_STAYS_MS);
    }
  }

  private heard(event: MessageEvent): void {
    if (event.lastEventId) this.last = event.lastEventId;
    this.watch();
    this.become("live");
  }

  private setClock(at: number): void {
    this.offset = at - Date.now() / 1000;
  }

  private watch(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.lost(true), SILENT_MS);
  }

  private lost(forGood: boolean): void {
    this.become("stale");
    // A browser tries again by itself, unless the server refused or says nothing.
    if (!forGood) return;
    this.source?.close();
    clearTimeout(this.silence);
    clearTimeout(this.again);
    this.again = setTimeout(() => this.open(), AGAIN_MS);
  }

  private become(link: Link): void {
    if (link === this.link) return;
    this.link = link;
    this.tell({ what: "link", link, person: this.person });
  }

  private tell(heard: Heard): void {
    for (const ear of this.ears.keys()) ear(heard);
  }

  private sweep(): void {
    const gone = Date.now() - GONE_MS;
    for (const [ear, seen] of this.ears) if (seen < gone) this.ears.delete(ear);
  }
}
