// The telephone of this tab: registers at the hotline's Asterisk by SIP over WebSocket, rings, talks.
// What happens to a talk besides (hold, transfer) is done by the hotline; see docs/decisions/0050.

import { C, UA, WebSocketInterface } from "jssip";
import type { RTCSession } from "jssip/lib/RTCSession";
import type { RTCSessionEvent } from "jssip/lib/UA";
import type { Door, PhoneLogin } from "./door";
import { close, type MicrophoneTrouble, NoMicrophone, openMicrophone } from "./microphone";
import { Ringer } from "./ringer";
import { holdTelephone } from "./tab";

export type Registration = "off" | "elsewhere" | "taken" | "connecting" | "registered" | "failed";
export type CallStage = "ringing" | "connecting" | "talking";

export interface PhoneCall {
  stage: CallStage;
  /** False: nothing can be sent on it; there is no microphone track at all. */
  sends: boolean;
  muted: boolean;
  /** A supervisor's leg into somebody's talk. */
  watching: boolean;
}

export interface PhoneState {
  registration: Registration;
  device: string;
  call: PhoneCall | null;
  trouble: MicrophoneTrouble | "no_phone" | "no_webrtc" | "no_codec" | "";
}

const BACK = "X-ThreeRing-Back";
const REGISTER_S = 60;
const TRY_AGAIN_MS = 1_500;
const RENEW_EARLY_S = 600;
const HERE_AT_MS = [0, 1_500, 3_000, 6_000];
const SLEPT_MS = 5_000;
const GATHER_MS = 500;
/** As JsSIP names them: what the other side offers, this browser cannot play. */
const NO_COMMON_CODEC = new Set<string>([
  C.causes.INCOMPATIBLE_SDP,
  C.causes.BAD_MEDIA_DESCRIPTION,
  C.causes.MISSING_SDP,
]);

export class Telephone {
  private state: PhoneState = { registration: "off", device: "", call: null, trouble: "" };
  private readonly listeners = new Set<() => void>();
  private readonly ringer = new Ringer();
  private readonly speaker = new Audio();
  private login: PhoneLogin | null = null;
  private ua: UA | null = null;
  private session: RTCSession | null = null;
  private microphone: MediaStream | null = null;
  private letGo: (() => void) | null = null;
  private timers: number[] = [];
  private pulse = 0;
  private lastPulse = 0;
  /** Which microphone; "": the one the browser prefers. */
  microphoneId = "";

  private readonly page = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) =>
    part.toString(16).padStart(8, "0"),
  ).join("");

  /** Being lifted: a key pressed twice lifts once. */
  private answering: RTCSession | null = null;

  constructor(private readonly door: Door) {
    this.speaker.autoplay = true;
  }

  get now(): PhoneState {
    return this.state;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Call from a click or a key, once: ringing and voices are heard from then on. */
  unlock(): void {
    this.ringer.unlock();
  }

  /** Which loudspeaker voices come from; "": the one the browser prefers. */
  speakThrough(deviceId: string): void {
    if ("setSinkId" in this.speaker) void this.speaker.setSinkId(deviceId).catch(() => {});
  }

  /** As it will ring: for who looks whether it is loud enough. */
  ringOnce(): void {
    if (!this.login || this.session) return;
    const { ring_ms, ring_hz } = this.login;
    this.ringer.start(ring_ms, ring_hz);
    const once = ring_ms.reduce((all, ms) => all + ms, 0) - (ring_ms.at(-1) ?? 0);
    window.setTimeout(() => {
      if (!this.session) this.ringer.stop();
    }, once);
  }

  /** Take the telephone into this tab, now or when the tab that has it closes. */
  start(): void {
    if (this.letGo) return;
    if (!("RTCPeerConnection" in window)) {
      this.say({ registration: "failed", trouble: "no_webrtc" });
      return;
    }
    window.addEventListener("pagehide", this.pageHides);
    window.addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
    this.letGo = holdTelephone(
      () => void this.connect(true),
      () => this.say({ registration: "elsewhere" }),
    );
  }

  /** From the other browser that has it now. */
  take(): void {
    if (this.letGo && this.state.registration === "taken") void this.connect(true);
  }

  /** Give it back: registered no more, a talk that goes on is lost to this tab. */
  stop(): void {
    window.removeEventListener("pagehide", this.pageHides);
    window.removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    window.clearInterval(this.pulse);
    this.forgetTimers();
    this.ua?.stop();
    this.ua = null;
    this.letGo?.();
    this.letGo = null;
    this.ended();
    this.say({ registration: "off" });
  }

  /** Lift. Without a microphone it rings on, and `trouble` says what is wrong. */
  async answer(): Promise<void> {
    const session = this.session;
    if (!session || this.state.call?.stage !== "ringing" || this.answering === session) return;
    this.answering = session;
    try {
      this.microphone = await openMicrophone(this.microphoneId);
    } catch (error) {
      this.answering = null;
      this.say({ trouble: error instanceof NoMicrophone ? error.trouble : "failed" });
      return;
    }
    if (session !== this.session) {
      close(this.microphone);
      return;
    }
    this.ringer.stop();
    this.call({ stage: "connecting" });
    session.answer({ mediaStream: this.microphone, pcConfig: this.peer() });
  }

  /** The agent's own hang-up: by the hotline, so that it is no loss; by SIP when that fails. */
  async hangUp(): Promise<void> {
    const session = this.session;
    if (!session) return;
    if (!this.state.call?.watching && this.state.call?.stage !== "ringing") {
      const said = await this.door.hangUp().then(
        () => true,
        () => false,
      );
      if (said) return;
    }
    end(session);
  }

  /** Not now: the call goes to the next agent. */
  reject(): void {
    if (this.session && this.state.call?.stage === "ringing") {
      this.session.terminate({ status_code: 486 });
    }
  }

  mute(on: boolean): void {
    for (const track of this.microphone?.getAudioTracks() ?? []) track.enabled = !on;
    if (this.state.call) this.call({ muted: on });
  }

  /** One key to whoever hears: 0 to 9, * and #. */
  press(key: string): void {
    if (!/^[0-9*#]$/.test(key) || this.state.call?.stage !== "talking") return;
    this.session?.sendDTMF(key, { transportType: "RFC2833" as never });
  }

  /** Dial: a hotline's number, or what POST /calls/{id}/watch gave. `sends` false opens no
   * microphone at all, so that there is nothing that could be heard. */
  async dial(number: string, sends: boolean, watching = false): Promise<void> {
    if (!this.ua || this.session) return;
    if (sends) {
      try {
        this.microphone = await openMicrophone(this.microphoneId);
      } catch (error) {
        this.say({ trouble: error instanceof NoMicrophone ? error.trouble : "failed" });
        return;
      }
    }
    this.say({ call: { stage: "connecting", sends, muted: false, watching } });
    this.ua.call(`sip:${number}@${this.login?.domain}`, {
      ...(sends
        ? { mediaStream: this.microphone as MediaStream }
        : { mediaConstraints: { audio: false, video: false } }),
      rtcOfferConstraints: { offerToReceiveAudio: true, offerToReceiveVideo: false },
      pcConfig: this.peer(),
    });
  }

  // --- registering ------------------------------------------------------------------------

  /** `take`: as who opens the page means it; otherwise the page keeps what it has, and yields to
   * another browser of the same person that was opened since. */
  private async connect(take: boolean): Promise<void> {
    this.say({ registration: "connecting" });
    try {
      this.login = await this.door.login(this.page, take);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === "phone_elsewhere") {
        this.yields();
        return;
      }
      const none = code === "no_phone";
      this.say({ registration: "failed", trouble: none ? "no_phone" : this.state.trouble });
      if (!none) this.later(TRY_AGAIN_MS, () => void this.connect(take));
      return;
    }
    if (!this.letGo) return;
    const { device, secret, domain, socket } = this.login;
    this.say({ device, trouble: "" });
    this.renewLater();
    if (this.ua) {
      this.ua.set("password", secret);
      this.ua.register();
      return;
    }
    const scheme = window.location.protocol === "https:" ? "wss" : "ws";
    const address = `${scheme}://${window.location.host}${socket}?device=${device}&page=${this.page}`;
    const ua = new UA({
      sockets: [new WebSocketInterface(address)],
      uri: `sip:${device}@${domain}`,
      password: secret,
      register_expires: REGISTER_S,
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 5,
      user_agent: "ThreeRing",
    });
    ua.on("registered", () => {
      this.say({ registration: "registered" });
      this.tellHere();
    });
    ua.on("registrationFailed", () => {
      this.say({ registration: "connecting" });
      // Another browser took this telephone, or Asterisk began anew: a secret of our own again.
      this.later(TRY_AGAIN_MS, () => void this.connect(false));
    });
    ua.on("disconnected", () => {
      this.say({ registration: "connecting" });
      this.later(TRY_AGAIN_MS, () => {
        if (this.ua && !this.ua.isConnected()) void this.connect(false);
      });
    });
    ua.on("newRTCSession", (begun: RTCSessionEvent) =>
      this.begins(begun.session, begun.originator === "remote", begun.request),
    );
    this.ua = ua;
    ua.start();
    this.lastPulse = Date.now();
    this.pulse = window.setInterval(this.beat, 1_000);
  }

  private renewLater(): void {
    if (!this.login) return;
    const left = this.login.expires_at * 1_000 - Date.now() - RENEW_EARLY_S * 1_000;
    this.later(Math.max(60_000, left), () => void this.connect(false));
  }

  private yields(): void {
    window.clearInterval(this.pulse);
    this.forgetTimers();
    this.ua?.stop();
    this.ua = null;
    this.ended();
    this.say({ registration: "taken" });
  }

  /** Said more than once: the hotline may find out only later that the former page is gone. */
  private tellHere(): void {
    for (const after of HERE_AT_MS) {
      this.later(after, () => {
        if (!this.session && this.state.registration === "registered") {
          this.door.here().catch(() => {});
        }
      });
    }
  }

  private readonly beat = () => {
    const slept = Date.now() - this.lastPulse > SLEPT_MS;
    this.lastPulse = Date.now();
    if (slept) this.wake();
  };

  /** After sleep or another network: registered at once, not at the end of the minute. */
  private readonly wake = () => {
    if (document.visibilityState === "hidden" || !this.ua) return;
    if (this.ua.isConnected()) this.ua.register();
    else this.ua.start();
    this.tellHere();
  };

  private readonly pageHides = () => {
    if (this.session && !this.state.call?.watching) this.door.leaving();
  };

  // --- a call -----------------------------------------------------------------------------

  private begins(
    session: RTCSession,
    incoming: boolean,
    request: { getHeader(name: string): string | undefined | null },
  ): void {
    const back = incoming && request.getHeader(BACK) === "1";
    if (this.session && !back) {
      if (incoming) session.terminate({ status_code: 486 });
      return;
    }
    const former = this.session;
    this.session = session;
    if (former) end(former);
    this.follow(session);
    if (!incoming) return;
    this.say({ call: { stage: "ringing", sends: true, muted: false, watching: false } });
    if (back) void this.answer();
    else if (this.login) this.ringer.start(this.login.ring_ms, this.login.ring_hz);
  }

  private follow(session: RTCSession): void {
    let gathering = 0;
    session.on("icecandidate", ({ ready }: { ready: () => void }) => {
      window.clearTimeout(gathering);
      gathering = window.setTimeout(ready, GATHER_MS);
    });
    session.on("peerconnection", ({ peerconnection }: { peerconnection: RTCPeerConnection }) =>
      this.hear(peerconnection),
    );
    if (session.connection) this.hear(session.connection);
    session.on("confirmed", () => {
      if (session === this.session) this.call({ stage: "talking" });
    });
    for (const word of ["ended", "failed"] as const) {
      session.on(word, ({ cause }: { cause?: string }) => {
        if (session !== this.session) return;
        this.ended();
        if (cause && NO_COMMON_CODEC.has(cause)) this.say({ trouble: "no_codec" });
        // It may have ended because nothing was heard of this page: then the caller waits for it.
        this.tellHere();
      });
    }
  }

  private hear(connection: RTCPeerConnection): void {
    connection.addEventListener("track", ({ track, streams }) => {
      this.speaker.srcObject = streams[0] ?? new MediaStream([track]);
      this.speaker.play().catch(() => {});
    });
  }

  private ended(): void {
    this.ringer.stop();
    this.session = null;
    if (this.microphone) close(this.microphone);
    this.microphone = null;
    this.speaker.srcObject = null;
    this.say({ call: null });
  }

  private peer(): RTCConfiguration {
    return { iceServers: this.login?.ice ?? [], bundlePolicy: "max-bundle" };
  }

  private call(changed: Partial<PhoneCall>): void {
    if (this.state.call) this.say({ call: { ...this.state.call, ...changed } });
  }

  private say(changed: Partial<PhoneState>): void {
    this.state = { ...this.state, ...changed };
    for (const listener of this.listeners) listener();
  }

  private later(afterMs: number, act: () => void): void {
    this.timers.push(window.setTimeout(act, afterMs));
  }

  private forgetTimers(): void {
    for (const timer of this.timers) window.clearTimeout(timer);
    this.timers = [];
  }
}

function end(session: RTCSession): void {
  if (!session.isEnded()) session.terminate();
}
