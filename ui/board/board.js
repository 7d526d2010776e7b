// The supervisor's first page: sign in, then the floor, live.

import { signIn, signOut, whoIsIn } from "./api.js";
import * as draw from "./draw.js";
import { Live } from "./live.js";
import { choose, language, prefer, say } from "./words.js";

const TICK_MS = 250; // A ring lasts seconds; a quarter of one is soon enough.
const at = (id) => document.getElementById(id);
let live = null;
let ticking = null;

function translate() {
  document.documentElement.lang = language();
  for (const element of document.querySelectorAll("[data-say]")) {
    element.textContent = say(element.dataset.say);
  }
  at("language").textContent = say("other");
  at("sign-out").textContent = say("sign_out");
  at("stale").textContent = say("not_live");
  if (live) show("all");
}

function show(what) {
  if (what === "link" || what === "all") showLink();
  const queues = [...live.queues.values()];
  const agents = [...live.agents.values()].sort((a, b) => a.staff_number.localeCompare(b.staff_number));
  if (what !== "link" && what !== "alarms") {
    draw.drawQueues(at("queues"), queues);
    draw.drawAgents(at("agents"), agents, live.queues);
    draw.drawCalls(at("calls"), live.calls.values(), live.queues, live.agents);
    at("calls-section").hidden = live.calls.size === 0;
  }
  if (what === "alarms" || what === "all") draw.drawAlarms(at("alarms"), [...live.alarms.values()]);
  tick();
}

function showLink() {
  const stale = live.state === "stale";
  at("link").dataset.state = live.state;
  at("link-text").textContent = say(live.state === "live" ? "live" : "connecting");
  at("stale").hidden = !stale;
  at("board").classList.toggle("old", stale);
}

function tick() {
  // While it is not live nothing moves: a clock that ticks would look like news.
  if (!live || live.state !== "live") return;
  const now = live.now();
  draw.drawTotals(at("totals"), [...live.queues.values()], [...live.agents.values()], now);
  draw.tickQueues(at("queues"), now);
  draw.tickAgents(at("agents"), now);
  draw.tickCalls(at("calls"), now);
  at("clock").textContent = new Date(now * 1000).toLocaleTimeString(language(), { hour12: false });
}

/** True when nobody is signed in any more, and the door is shown. */
async function out() {
  try {
    if (await whoIsIn(language())) return false;
  } catch {
    return false; // Not reached: the stream tries again.
  }
  showDoor();
  return true;
}

function showDoor() {
  live?.close();
  live = null;
  clearInterval(ticking);
  for (const id of ["board", "link", "clock", "sign-out", "stale"]) at(id).hidden = true;
  at("alarms").replaceChildren();
  at("person").textContent = "";
  at("door").hidden = false;
  at("name").focus();
}

function showBoard(session) {
  prefer(session.language);
  at("door").hidden = true;
  for (const id of ["board", "link", "clock", "sign-out"]) at(id).hidden = false;
  at("person").textContent = session.name;
  live = new Live(show, out);
  translate();
  live.open();
  ticking = setInterval(tick, TICK_MS);
}

at("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  at("refused").textContent = "";
  try {
    const session = await signIn(at("name").value, at("password").value, language());
    at("password").value = "";
    showBoard(session);
  } catch (error) {
    at("refused").textContent = error.status ? error.message : say("unreachable");
    at("password").select();
  }
});

at("language").addEventListener("click", () => {
  choose(language() === "en" ? "zh-CN" : "en");
  translate();
});

at("sign-out").addEventListener("click", async () => {
  live?.close();
  try { await signOut(language()); } catch { /* out already, or the server is away */ }
  showDoor();
});

translate();
try {
  const session = await whoIsIn(language());
  if (session) showBoard(session);
  else showDoor();
} catch {
  showDoor();
  at("refused").textContent = say("unreachable");
}
