// The floor on the page. Elements are kept and only what changed is written; text is always text.

import { language, named, say } from "./words.js";

const MOST_CALLS = 40;

function make(tag, kind, ...inside) {
  const element = document.createElement(tag);
  if (kind) element.className = kind;
  element.append(...inside);
  return element;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** 65 → 1:05, 3700 → 1:01:40. */
export function lasting(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** One element for each item, in the items' order; `build(item)` makes it, `fill(parts, item)`
 *  brings it up to date. */
function keep(list, items, key, build, fill) {
  const known = new Map([...list.children].map((child) => [child.dataset.key, child]));
  let place = list.firstElementChild;
  for (const item of items) {
    let child = known.get(key(item));
    known.delete(key(item));
    if (!child) {
      child = build(item);
      child.dataset.key = key(item);
    }
    if (child !== place) list.insertBefore(child, place);
    else place = place.nextElementSibling;
    fill(child.parts, item, child);
  }
  for (const gone of known.values()) gone.remove();
}

function figure(parts, name, kind = "") {
  const label = make("dt");
  const value = make("dd", kind);
  parts[name] = value;
  parts[`${name}_label`] = label;
  return make("div", "figure", label, value);
}

function buildQueue() {
  const parts = {};
  parts.name = make("h3");
  const card = make("li", "queue", parts.name, make("dl", "figures",
    figure(parts, "waiting", "big"), figure(parts, "longest", "big"),
    figure(parts, "ready"), figure(parts, "offered"), figure(parts, "talking")));
  card.parts = parts;
  return card;
}

export function drawQueues(list, queues) {
  keep(list, queues, (line) => line.id, buildQueue, (parts, line, card) => {
    write(parts.name, named(line.names, line.id));
    for (const name of ["waiting", "longest", "ready", "offered", "talking"]) {
      write(parts[`${name}_label`], say(name));
      if (name !== "longest") write(parts[name], String(line[name]));
    }
    card.line = line;
  });
}

export function tickQueues(list, now) {
  for (const card of list.children) {
    const { longest_since: since, service_level_s: level, waiting, ready } = card.line;
    const waits = waiting > 0 && since !== null;
    write(card.parts.longest, waits ? lasting(now - since) : "–");
    const late = waits && now - since > level;
    card.classList.toggle("late", late);
    card.classList.toggle("short", !late && waiting > 0 && ready === 0);
  }
}

function buildAgent() {
  const parts = {
    name: make("span", "who"), number: make("span", "staff"), state: make("span", "chip"),
    since: make("span", "since"), rings: make("span", "rings"), note: make("span", "note"),
  };
  const tile = make("li", "agent",
    make("p", "title", parts.name, parts.number),
    make("p", "now", parts.state, parts.since),
    make("p", "foot", parts.rings, parts.note));
  tile.parts = parts;
  return tile;
}

export function drawAgents(list, agents, queues) {
  keep(list, agents, (line) => line.id, buildAgent, (parts, line, tile) => {
    write(parts.name, line.name || line.id);
    write(parts.number, line.staff_number);
    write(parts.state, say(`state.${line.state}`));
    tile.dataset.state = line.state;
    tile.line = line;
    tile.limit = queues.get(line.queue)?.rings ?? 3;
    tile.note = noteOf(line, queues);
  });
}

function noteOf(line, queues) {
  const words = [];
  if (line.queue && (line.state === "offered" || line.state === "talking")) {
    words.push(named(queues.get(line.queue)?.names ?? {}, line.queue));
  }
  if (line.missed) words.push(say(`reason.${line.missed}`));
  else if (line.reason) words.push(say(`reason.${line.reason}`));
  if (line.strikes) words.push(say("strikes", { n: line.strikes }));
  return words;
}

export function tickAgents(list, now) {
  for (const tile of list.children) {
    const { line, parts } = tile;
    write(parts.since, line.state === "logged_out" || !line.since ? "" : lasting(now - line.since));
    const words = [...tile.note];
    if (line.until && line.until > now) words.push(say("until", { t: lasting(line.until - now) }));
    write(parts.note, words.join(" · "));
    tickRings(parts.rings, line.ringing, tile.limit, now);
  }
}

function tickRings(element, ringing, limit, now) {
  element.hidden = !ringing;
  if (!ringing) return;
  const ring = Math.max(1, Math.floor((now - ringing.at) / ringing.cycle_s) + 1);
  const drawn = `${ring}/${limit}/${language()}`;
  if (element.dataset.drawn === drawn) return;
  element.dataset.drawn = drawn;
  const dots = Array.from({ length: limit }, (_, n) => make("i", n < ring ? "rung" : ""));
  for (const dot of dots) dot.setAttribute("aria-hidden", "true");
  element.replaceChildren(...dots, make("b", "", say("ring", { n: ring })));
}

function buildCall() {
  const parts = {};
  const row = make("tr");
  for (const name of ["stage", "number", "queue", "agent", "since"]) {
    parts[name] = make("td", name);
    row.append(parts[name]);
  }
  row.parts = parts;
  return row;
}

export function drawCalls(body, calls, queues, agents) {
  const newest = [...calls].reverse().slice(0, MOST_CALLS);
  keep(body, newest, (call) => call.call, buildCall, (parts, call, row) => {
    const agent = agents.get(call.agent);
    write(parts.stage, say(`call.${call.stage}`));
    write(parts.number, call.number ?? "");
    write(parts.queue, call.queue ? named(queues.get(call.queue)?.names ?? {}, call.queue) : "");
    write(parts.agent, agent ? `${agent.name} ${agent.staff_number}` : call.agent ?? "");
    row.dataset.stage = call.stage;
    row.call = call;
  });
}

export function tickCalls(body, now) {
  for (const row of body.children) write(row.parts.since, lasting(now - row.call.at));
}

function buildTotal(total) {
  const parts = {};
  const cell = figure(parts, "total", total.kind);
  cell.parts = parts;
  return cell;
}

export function drawTotals(list, queues, agents, now) {
  const waits = queues.filter((line) => line.waiting && line.longest_since !== null);
  const sum = (name) => queues.reduce((all, line) => all + line[name], 0);
  const count = (state) => agents.filter((line) => line.state === state).length;
  const longest = waits.length ? now - Math.min(...waits.map((line) => line.longest_since)) : null;
  const totals = [
    { id: "all_waiting", value: String(sum("waiting")) },
    { id: "longest", value: longest === null ? "–" : lasting(longest) },
    { id: "all_talking", value: String(sum("talking")) },
    { id: "all_ready", value: String(count("ready")) },
  ];
  keep(list, totals, (total) => total.id, buildTotal, (parts, total) => {
    write(parts.total_label, say(total.id));
    write(parts.total, total.value);
  });
}

function buildAlarm() {
  const parts = { text: make("span"), detail: make("small") };
  const item = make("li", "alarm", parts.text, parts.detail);
  item.parts = parts;
  return item;
}

export function drawAlarms(list, alarms) {
  keep(list, alarms, (alarm) => alarm.name, buildAlarm, (parts, alarm) => {
    const [name, of] = alarm.name.split(":");
    write(parts.text, say(`alarm.${name}`) + (of ? ` (${of})` : ""));
    write(parts.detail, alarm.text ?? "");
  });
}
