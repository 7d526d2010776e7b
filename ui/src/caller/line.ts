// One call from this page to the hotline: a line is asked for, dialled, and given back. No React; what
// goes wrong is a word that Caller.tsx has a sentence for, or the hotline's own sentence.

import { UA, WebSocketInterface } from "jssip";
import type { RTCSession } from "jssip/lib/RTCSession";
import { close, type MicrophoneTrouble, NoMicrophone, openMicrophone } from "../phone/microphone";

export type Stage = "idle" | "microphone" | "connecting" | "talking";
export type Trouble = MicrophoneTrouble | "no_webrtc" | "no_codec" | "busy" | "lost" | "unanswered";

export interface LineState {
  stage: Stage;
  muted: boolean;
  /** Keys pressed in this call. */
  pressed: string;
  /** What the hotline sees in place of a number. */
  caller: string;
  /** When the talk began, seconds of the epoch. */
  since: number;
  trouble: Trouble | "";
  /** Why the hotline gave no line, in its own words. */
  refused: string;
  /** A call has come to its end, as calls do. */
  over: boolean;
}

/** As POST /api/v1/call gives it. */
export interface Line {
  dial: string;
  device: string;
  secret: string;
  domain: string;
  socket: string;
  known_as: string;
  caller: string;
  ice?: { urls: string; username?: string; credential?: string }[];
}

/** Asks for a line; an error's message is for people. */
export type Ask = (number: string, knownAs: string) => Promise<Line>;

const IDLE: LineState = {
  stage: "idle",
  muted: false,
  pressed: "",
  caller: "",
  since: 0,
  trouble: "",
  refused: "",
  over: false,
};
const KNOWN = "threering.caller";
const GATHER_MS = 500;
const CAUSES: Record<string, Trouble> = {
  Busy: "busy",
  "Incompatible SDP": "no_codec",
  "Missing SDP": "no_codec",
  "Bad Media Description": "no_codec",
  "WebRTC Error": "no_codec",
  "Connection Error": "lost",
  "Request Timeout": "lost",
  "RTP Timeout": "lost",
  "Dialog Error": "lost",
  "Internal Error": "lost",
};

export class CallerLine {
  private state = IDLE;
  private readonly listeners = new Set<() => void>();
  private readonly speaker = new Audio();
  private ua: UA | null = null;
  private session: RTCSession | null = null;
  private microphone: MediaStream | null = null;
  private turn = 0;

  constructor(private readonly ask: Ask) {
    this.speaker.autoplay = true;
  }

  get now(): LineState {
    return this.state;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** From a click or a key. */
  async dial(number: string): Promise<void> {
    if (this.state.stage !== "idle") return;
    this.turn += 1;
    const turn = this.turn;
    this.say({ ...IDLE, stage: "microphone" });
    if (typeof RTCPeerConnection === "undefined") {
      this.end({ trouble: "no_webrtc" });
      return;
    }
    try {
      const microphone = await openMicrophone();
      if (turn !== this.turn) {
        close(microphone);
        return;
      }
      this.microphone = microphone;
    } catch (error) {
      const trouble = error instanceof NoMicrophone ? error.trouble : "failed";
      if (turn === this.turn) this.end({ trouble });
      return;
    }
    this.say({ stage: "connecting" });
    try {
      const line = await this.ask(number, knownAs());
      if (turn !== this.turn) return;
      remember(line.known_as);
      this.say({ caller: line.caller });
      this.call(line);
    } catch (error) {
      if (turn === this.turn) {
        this.end({ refused: error instanceof Error ? error.message : String(error) });
      }
    }
  }

  hangUp(): void {
    if (this.state.stage !== "idle") this.end({ over: true });
  }

  /** 0 to 9, * and #: to whoever listens. */
  press(key: string): void {
    if (!/^[0-9*#]$/.test(key) || this.state.stage !== "talking") return;
    this.session?.sendDTMF(key, { transportType: "RFC2833" as never });
    this.say({ pressed: this.state.pressed + key });
  }

  mute(on: boolean): void {
    for (const track of this.microphone?.getAudioTracks() ?? []) track.enabled = !on;
    this.say({ muted: on });
  }

  private call(line: Line): void {
    const scheme = window.location.protocol === "https:" ? "wss" : "ws";
    const ua = new UA({
      sockets: [new WebSocketInterface(`${scheme}://${window.location.host}${line.socket}`)],
      uri: `sip:${line.device}@${line.domain}`,
      password: line.secret,
      register: false,
      session_timers: false,
      user_agent: "ThreeRing",
    });
    this.ua = ua;
    ua.on("connected", () => {
      if (ua !== this.ua || this.session) return;
      this.follow(
        ua.call(`sip:${line.dial}@${line.domain}`, {
          mediaStream: this.microphone as MediaStream,
          rtcOfferConstraints: { offerToReceiveAudio: true, offerToReceiveVideo: false },
          pcConfig: { iceServers: line.ice ?? [], bundlePolicy: "max-bundle" },
        }),
      );
    });
    // A line opens once: there is no way back to a call whose connection is gone.
    ua.on("disconnected", () => {
      if (ua === this.ua) this.end({ trouble: "lost" });
    });
    ua.start();
  }

  private follow(session: RTCSession): void {
    this.session = session;
    let gathering = 0;
    session.on("icecandidate", ({ ready }: { ready: () => void }) => {
      window.clearTimeout(gathering);
      gathering = window.setTimeout(ready, GATHER_MS);
    });
    session.connection.addEventListener("track", ({ track, streams }) => {
      this.speaker.srcObject = streams[0] ?? new MediaStream([track]);
      this.speaker.play().catch(() => {});
    });
    session.on("confirmed", () => {
      if (session === this.session) this.say({ stage: "talking", since: Date.now() / 1_000 });
    });
    session.on("failed", ({ cause }: { cause: string }) => {
      if (session === this.session) this.end({ trouble: CAUSES[cause] ?? "unanswered" });
    });
    session.on("ended", ({ cause }: { cause: string }) => {
      if (session === this.session) {
        const trouble = CAUSES[cause] ?? "";
        this.end({ trouble, over: !trouble });
      }
    });
  }

  private end(how: Partial<LineState>): void {
    this.turn += 1;
    const { ua, session } = this;
    this.ua = null;
    this.session = null;
    if (session && !session.isEnded()) session.terminate();
    ua?.stop();
    if (this.microphone) close(this.microphone);
    this.microphone = null;
    this.speaker.srcObject = null;
    this.say({ stage: "idle", muted: false, ...how });
  }

  private say(changed: Partial<LineState>): void {
    this.state = { ...this.state, ...changed };
    for (const listener of this.listeners) listener();
  }
}

function knownAs(): string {
  try {
    return localStorage.getItem(KNOWN) ?? "";
  } catch {
    return "";
  }
}

function remember(name: string): void {
  try {
    localStorage.setItem(KNOWN, name);
  } catch {
    // A private window, or a frame that may keep nothing: unknown again the next time.
  }
}
