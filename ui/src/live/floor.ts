// The floor as a screen holds it: a snapshot, and notices folded into it. Pure; a line that did not
// change stays the same object, so that only what changed is drawn again.

import type { Schema } from "../api/client";

export type QueueLine = Schema["QueueLine"];
export type AgentLine = Schema["AgentLine"];
export type CallLine = Schema["CallChanged"];
export type AlarmLine = Schema["Alarm"];
export type PopLine = Schema["PopShown"];
export type TalkLine = Schema["TalkChanged"];
export type Pop = Schema["Pop"];

/** On the way, what has its default value is left out. */
type Sent<T extends { notice: string }> = Pick<T, "notice"> & Partial<T>;
type QueueSaid = Sent<Schema["QueueChanged"]> &
  Pick<Schema["QueueChanged"], "queue" | "waiting" | "offered" | "talking" | "ready">;
export type Notice =
  | (Sent<Schema["AgentChanged"]> & Pick<Schema["AgentChanged"], "agent" | "state" | "since">)
  | QueueSaid
  | Schema["CallRinging"]
  | Schema["CallChanged"]
  | Schema["PopShown"]
  | Schema["PopPatched"]
  | Schema["PopWithdrawn"]
  | (Sent<Schema["TalkChanged"]> &
      Pick<Schema["TalkChanged"], "agent" | "call" | "offer" | "stage" | "at">)
  | (Sent<Schema["Alarm"]> & Pick<Schema["Alarm"], "name" | "on">);

export interface Floor {
  queues: ReadonlyMap<string, QueueLine>;
  agents: ReadonlyMap<string, AgentLine>;
  calls: ReadonlyMap<string, CallLine>;
  alarms: ReadonlyMap<string, AlarmLine>;
  /** By agent. */
  pops: ReadonlyMap<string, PopLine>;
  /** By agent, while it lasts. */
  talks: ReadonlyMap<string, TalkLine>;
}

export const NOTHING: Floor = {
  queues: new Map(),
  agents: new Map(),
  calls: new Map(),
  alarms: new Map(),
  pops: new Map(),
  talks: new Map(),
};

export function begin(said: Schema["Floor"]): Floor {
  return {
    queues: new Map(said.queues.map((line) => [line.id, line])),
    agents: new Map(said.agents.map((line) => [line.id, line])),
    calls: new Map(said.calls.map((call) => [call.call, call])),
    alarms: new Map(said.alarms.map((alarm) => [alarm.name, alarm])),
    pops: new Map(said.pops.map((pop) => [pop.agent, pop])),
    talks: new Map(said.talks.map((talk) => [talk.agent, talk])),
  };
}

export function fold(floor: Floor, said: Notice): Floor {
  switch (said.notice) {
    case "QueueChanged":
      return { ...floor, queues: put(floor.queues, said.queue, queueLine(floor, said)) };
    case "AgentChanged":
      return agentChanged(floor, said);
    case "CallRinging":
      return ringing(floor, said);
    case "CallChanged":
      // Newest last, whatever stood before.
      return { ...floor, calls: put(without(floor.calls, said.call), said.call, said) };
    case "PopShown":
      return { ...floor, pops: put(floor.pops, said.agent, said) };
    case "PopPatched": {
      const shown = floor.pops.get(said.agent);
      if (shown?.offer !== said.offer) return floor;
      return { ...floor, pops: put(floor.pops, said.agent, { ...shown, pop: said.pop }) };
    }
    case "PopWithdrawn":
      // What was a talk stays on the screen until its wrap-up is over.
      if (said.why === "over" || floor.pops.get(said.agent)?.offer !== said.offer) return floor;
      return { ...floor, pops: without(floor.pops, said.agent) };
    case "TalkChanged":
      return talkChanged(floor, said);
    case "Alarm":
      return {
        ...floor,
        alarms: said.on
          ? put(floor.alarms, said.name, { text: "", at: 0, values: {}, ...said })
          : without(floor.alarms, said.name),
      };
  }
}

/** An ended call has been seen leaving; one that came back since stays. */
export function forget(floor: Floor, ended: CallLine): Floor {
  if (floor.calls.get(ended.call) !== ended) return floor;
  return { ...floor, calls: without(floor.calls, ended.call) };
}

const STILL = {
  longest_since: null,
  callbacks: 0,
  open: true,
  promised: 0,
  kept: 0,
  late: 0,
  off_s: 0,
};

function queueLine(floor: Floor, said: QueueSaid): QueueLine {
  const { queue, notice, ...figures } = said;
  const known = floor.queues.get(queue);
  const line = known ?? { id: queue, names: {}, rings: 3, service_level_s: 20 };
  return { ...line, ...STILL, ...figures };
}

const WITH_A_CALLER = new Set<AgentLine["state"]>(["offered", "talking", "wrapping_up"]);

type AgentSaid = Extract<Notice, { notice: "AgentChanged" }>;

function agentChanged(floor: Floor, said: AgentSaid): Floor {
  const known = floor.agents.get(said.agent);
  const offer = said.offer ?? null;
  const rings = said.state === "offered" && known?.ringing?.offer === offer;
  const line: AgentLine = {
    id: said.agent,
    name: known?.name ?? said.agent,
    staff_number: known?.staff_number ?? "",
    queues: known?.queues ?? [],
    state: said.state,
    since: said.since,
    reason: said.reason ?? "",
    call: said.call ?? null,
    offer,
    queue: said.queue ?? null,
    until: said.until ?? null,
    strikes: said.strikes ?? 0,
    missed: said.missed ?? null,
    pauses: said.pauses ?? [],
    away_from: said.away_from ?? [],
    skills: said.skills ?? null,
    disposition: said.disposition ?? "",
    ringing: rings ? (known?.ringing ?? null) : null,
  };
  const agents = put(floor.agents, said.agent, line);
  // A session that was lost took back nothing.
  const over = said.state === "ready" || said.state === "logged_out";
  return {
    ...floor,
    agents,
    pops: WITH_A_CALLER.has(said.state) ? floor.pops : without(floor.pops, said.agent),
    talks: over ? without(floor.talks, said.agent) : floor.talks,
  };
}

function talkChanged(floor: Floor, said: Extract<Notice, { notice: "TalkChanged" }>): Floor {
  if (said.stage === "over") {
    if (floor.talks.get(said.agent)?.offer !== said.offer) return floor;
    return { ...floor, talks: without(floor.talks, said.agent) };
  }
  const talk = {
    since_held: null,
    held_too_long: false,
    since_recording_paused: null,
    pause_forgotten: false,
    recorded: false,
    other: "",
    refused: "",
    ...said,
  };
  return { ...floor, talks: put(floor.talks, said.agent, talk) };
}

function ringing(floor: Floor, said: Schema["CallRinging"]): Floor {
  const line = floor.agents.get(said.agent);
  if (!line) return floor;
  const { offer, at, cycle_s } = said;
  const agents = put(floor.agents, said.agent, { ...line, ringing: { offer, at, cycle_s } });
  return { ...floor, agents };
}

function put<T>(map: ReadonlyMap<string, T>, key: string, value: T): ReadonlyMap<string, T> {
  return new Map(map).set(key, value);
}

function without<T>(map: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  if (!map.has(key)) return map;
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
