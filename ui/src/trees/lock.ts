// Who edits this tree: this page, or somebody else since when. Said to the server every 15 s.

import { useCallback, useEffect, useRef, useState } from "react";
import { api, type Schema, told } from "../api/client";

const BEAT_MS = 15_000;
const PAGE = page();

export type Editing = Schema["Editing"];

export function useEditLock(
  id: string,
  may: boolean,
): { editing: Editing | null; lost: boolean; takeOver(): Promise<void> } {
  const [editing, setEditing] = useState<Editing | null>(null);
  const [lost, setLost] = useState(false);
  const had = useRef(false);

  const say = useCallback(
    async (take_over: boolean) => {
      const now = await told(
        api.PUT("/api/v1/trees/{id}/editing", {
          params: { path: { id } },
          body: { page: PAGE, take_over },
        }),
      );
      setLost(had.current && !now.yours);
      had.current = now.yours;
      setEditing(now);
    },
    [id],
  );
  useEffect(() => {
    if (!may) return;
    // A server that is away says nothing of who edits: what was true stays shown.
    const beat = () => void say(false).catch(() => {});
    beat();
    const timer = setInterval(beat, BEAT_MS);
    return () => {
      clearInterval(timer);
      void api
        .POST("/api/v1/trees/{id}/editing/end", { params: { path: { id } }, body: { page: PAGE } })
        .catch(() => {});
    };
  }, [id, may, say]);
  const takeOver = useCallback(() => say(true), [say]);
  return { editing, lost, takeOver };
}

/** The same after a reload, another in another tab. */
function page(): string {
  const made = Math.random().toString(36).slice(2);
  try {
    const kept = sessionStorage.getItem("threering.page") ?? made;
    sessionStorage.setItem("threering.page", kept);
    return kept;
  } catch {
    return made;
  }
}
