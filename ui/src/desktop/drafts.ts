// What an agent has typed and the server does not have yet. Kept in the browser at every key, so that
// neither a crash nor a server that is away costs a word; sent when she pauses.

import { useCallback, useEffect, useRef, useState } from "react";

const PLACE = "threering.draft.";
const PAUSE_MS = 800;
const AGAIN_MS = 3_000;

export type Kept = "saved" | "saving" | "here";

/** A text that saves itself. `saved`: what the server has; `save` resolves when it has taken it.
 *  `key`: one text, for ever. Returns the text, the way to change it, and where it is kept. */
export function useDraft(
  key: string,
  saved: string,
  save: (text: string) => Promise<unknown>,
): [string, (text: string) => void, Kept] {
  const [text, setText] = useState(() => read(key) ?? saved);
  const [kept, setKept] = useState<Kept>(() => (read(key) === null ? "saved" : "here"));
  const latest = useRef({ text, save });
  latest.current = { text, save };
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const send = useCallback(async () => {
    const { text: sent, save: store } = latest.current;
    setKept("saving");
    try {
      await store(sent);
    } catch {
      setKept("here");
      timer.current = setTimeout(send, AGAIN_MS);
      return;
    }
    // Typed on meanwhile: its own turn comes.
    if (read(key) !== sent) return;
    drop(key);
    setKept("saved");
  }, [key]);

  useEffect(() => {
    // Left behind by a crash, or by a desktop that was closed too soon.
    if (read(key) !== null) void send();
    return () => clearTimeout(timer.current);
  }, [key, send]);

  const write = useCallback(
    (typed: string) => {
      setText(typed);
      keep(key, typed);
      setKept("here");
      clearTimeout(timer.current);
      timer.current = setTimeout(send, PAUSE_MS);
    },
    [key, send],
  );
  return [text, write, kept];
}

export function read(key: string): string | null {
  try {
    return localStorage.getItem(PLACE + key);
  } catch {
    return null;
  }
}

function keep(key: string, text: string): void {
  try {
    localStorage.setItem(PLACE + key, text);
  } catch {
    // No room or a private window: what is on the screen is still sent.
  }
}

function drop(key: string): void {
  try {
    localStorage.removeItem(PLACE + key);
  } catch {
    // As above.
  }
}
