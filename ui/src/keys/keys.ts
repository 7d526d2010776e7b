// Keys of the page. A component says what a key does while it is on the screen; the help sheet lists
// what there is just now. Alone outside of text fields, with Alt anywhere. Single keys can be switched
// off (WCAG 2.1.4: somebody who speaks to the computer would press them by talking).

import { useEffect, useRef, useSyncExternalStore } from "react";

export interface Key {
  /** As a keyboard names the place, e.g. "KeyR": the same under any input method. */
  code: string;
  /** What is on the key, for the sheet. */
  cap: string;
  /** What it does, in the reader's words. */
  does: string;
}

interface Binding extends Key {
  run: () => void;
}

const KEPT = "threering.keys";
const NAMED: Record<string, string> = { "␣": "Space", "←": "ArrowLeft", "→": "ArrowRight" };
/** What these keys do in a control of their own is not ours to take. */
const OWN = "button, a, summary, [role=radio], [role=tab], [role=slider], input[type=radio]";
const bindings = new Map<string, Binding>();
const listeners = new Set<() => void>();
let sheet: readonly Key[] = [];
let single = read() !== "alt";

/** While mounted and `on`, the key runs `run`. A key bound later wins. */
export function useKey(cap: string, does: string, run: () => void, on = true): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    if (on) return bind(cap, does, () => latest.current());
  }, [cap, does, on]);
}

/** Until the function given back is called. */
export function bind(cap: string, does: string, run: () => void): () => void {
  const code = NAMED[cap] ?? (/^\d$/.test(cap) ? `Digit${cap}` : `Key${cap}`);
  const binding = { code, cap, does, run };
  bindings.set(code, binding);
  changed();
  return () => {
    if (bindings.get(code) === binding) bindings.delete(code);
    changed();
  };
}

export function useSheet(): readonly Key[] {
  return useSyncExternalStore(subscribe, () => sheet);
}

export function useSingleKeys(): boolean {
  return useSyncExternalStore(subscribe, () => single);
}

export function setSingleKeys(on: boolean): void {
  single = on;
  try {
    localStorage.setItem(KEPT, on ? "plain" : "alt");
  } catch {
    // A private window: for this page alone.
  }
  changed();
}

/** True when the key was one of ours. */
export function press(event: KeyboardEvent, inText: boolean, covered: boolean): boolean {
  if (event.isComposing || event.ctrlKey || event.metaKey || covered) return false;
  if (!event.altKey && (inText || !single || event.shiftKey)) return false;
  const binding = bindings.get(event.code);
  if (!binding) return false;
  binding.run();
  return true;
}

export function listen(): () => void {
  const heard = (event: KeyboardEvent) => {
    const at = event.target instanceof Element ? event.target : null;
    const inText =
      at?.closest("input, textarea, select, [contenteditable=true]") != null ||
      (Object.values(NAMED).includes(event.code) && at?.closest(OWN) != null);
    const covered = document.querySelector("[aria-modal=true], [role=menu]") !== null;
    if (press(event, inText, covered)) event.preventDefault();
  };
  addEventListener("keydown", heard);
  return () => removeEventListener("keydown", heard);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function changed(): void {
  sheet = [...bindings.values()].map(({ code, cap, does }) => ({ code, cap, does }));
  for (const listener of listeners) listener();
}

function read(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}
