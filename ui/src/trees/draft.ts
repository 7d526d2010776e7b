// One tree being edited. In the browser at every change, on the server when one pauses; kept over
// nothing but the draft it was made of, so that two people's work is never lost, only laid side by side.

import { useCallback, useEffect, useRef, useState } from "react";
import { api, Refused, told } from "../api/client";
import { same } from "./changes";
import { asTree, type Finding, type Tree } from "./model";

const PLACE = "threering.tree.";
const PAUSE_MS = 700;
const AGAIN_MS = 3_000;
const STEPS_BACK = 200;
const NONE: readonly Finding[] = [];

export type Kept = "saved" | "saving" | "here" | "conflict";
export interface Conflict {
  mine: Tree;
  theirs: Tree;
  base: Tree;
  by: string;
  hash: string;
}
interface Local {
  hash: string;
  tree: Tree;
  base: Tree;
}

interface Now {
  tree: Tree | null;
  /** What the server has, as far as is known here, and its hash. */
  base: Tree | null;
  hash: string;
  /** Something here is not on the server yet. */
  waits: boolean;
  sending: boolean;
  /** Sent without an answer: the server may have taken them. */
  tried: Tree[];
}

export interface TreeDraft {
  /** undefined: not here yet; null: it cannot be drawn. */
  tree: Tree | null | undefined;
  document: string;
  kept: Kept;
  findings: readonly Finding[];
  mayBePublished: boolean;
  problem: string;
  conflict: Conflict | null;
  change(to: Tree | ((from: Tree) => Tree)): void;
  undo: (() => void) | null;
  redo: (() => void) | null;
  settle(tree: Tree): void;
  /** Take what the server has, unless something here waits to be saved. */
  follow(): Promise<void>;
}

export function useTreeDraft(id: string): TreeDraft {
  const [tree, setTree] = useState<Tree | null>();
  const [document, setDocument] = useState("");
  const [kept, setKept] = useState<Kept>("saved");
  const [checked, setChecked] = useState<{
    findings: readonly Finding[];
    may_be_published: boolean;
  }>();
  const [problem, setProblem] = useState("");
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [, redraw] = useState(0);
  const past = useRef<Tree[]>([]);
  const future = useRef<Tree[]>([]);
  const now = useRef<Now>({
    tree: null,
    base: null,
    hash: "",
    waits: false,
    sending: false,
    tried: [],
  });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const show = useCallback((shown: Tree | null) => {
    now.current.tree = shown;
    setTree(shown);
  }, []);

  const fetched = useCallback(async () => {
    const { data, response } = await api.GET("/api/v1/trees/{id}", { params: { path: { id } } });
    if (!data) throw new Refused(response.status, "", "");
    return { draft: data, hash: bareHash(response), tree: asTree(data.document) };
  }, [id]);

  const send = useCallback(async () => {
    const { tree: sent, hash, sending } = now.current;
    // One at a time: the next is made of what this one leaves.
    if (!sent || sending) return;
    now.current.sending = true;
    setKept("saving");
    try {
      const { data, response } = await api.PUT("/api/v1/trees/{id}", {
        params: { path: { id } },
        headers: { "If-Match": `"${hash}"` },
        body: sent as never,
      });
      if (!data) throw new Refused(response.status, "", "");
      now.current.hash = bareHash(response);
      now.current.base = sent;
      setChecked(data);
      setProblem("");
      if (now.current.tree === sent) {
        now.current.waits = false;
        drop(id);
        setKept("saved");
      } else {
        keep(id, { hash: now.current.hash, tree: now.current.tree ?? sent, base: sent });
        timer.current = setTimeout(send, PAUSE_MS);
      }
    } catch (error) {
      const refused = error instanceof Refused ? error : null;
      const other = refused?.status === 412 ? await fetched().catch(() => null) : null;
      if (other?.tree && now.current.base) {
        const { draft, hash: theirHash, tree: theirs } = other;
        if (now.current.tried.some((one) => same(one, theirs))) {
          // Our own, whose answer was lost on the way.
          now.current.hash = theirHash;
          now.current.base = theirs;
          timer.current = setTimeout(send, 0);
        } else {
          const mine = now.current.tree ?? sent;
          setKept("conflict");
          setConflict({ mine, theirs, base: now.current.base, by: draft.by, hash: theirHash });
        }
      } else {
        now.current.tried.push(sent);
        setKept("here");
        setProblem(refused?.message || "offline");
        clearTimeout(timer.current);
        timer.current = setTimeout(send, AGAIN_MS);
      }
    } finally {
      now.current.sending = false;
    }
  }, [id, fetched]);

  const load = useCallback(async () => {
    const { draft, hash, tree: theirs } = await fetched();
    setDocument(draft.document);
    const local = read(id);
    now.current = { ...now.current, tree: theirs, base: theirs, hash, waits: false };
    if (!local || !theirs || same(local.tree, theirs)) {
      drop(id);
      show(theirs);
      setChecked(await told(api.GET("/api/v1/trees/{id}/check", { params: { path: { id } } })));
      return;
    }
    now.current.waits = true;
    show(local.tree);
    if (local.hash === hash) {
      setKept("here");
      void send();
    } else {
      setKept("conflict");
      setConflict({ mine: local.tree, theirs, base: local.base, by: draft.by, hash });
    }
  }, [id, fetched, send, show]);

  useEffect(() => {
    past.current = [];
    future.current = [];
    let gone = false;
    const attempt = () => {
      load().catch((error: unknown) => {
        if (gone) return;
        setProblem(error instanceof Refused ? error.message : "offline");
        if (!(error instanceof Refused)) timer.current = setTimeout(attempt, AGAIN_MS);
      });
    };
    attempt();
    return () => {
      gone = true;
      clearTimeout(timer.current);
    };
  }, [load]);

  const write = useCallback(
    (next: Tree) => {
      show(next);
      now.current.waits = true;
      keep(id, { hash: now.current.hash, tree: next, base: now.current.base ?? next });
      setKept("here");
      clearTimeout(timer.current);
      timer.current = setTimeout(send, PAUSE_MS);
      redraw((n) => n + 1);
    },
    [id, send, show],
  );

  const change = useCallback(
    (to: Tree | ((from: Tree) => Tree)) => {
      const from = now.current.tree;
      const next = typeof to === "function" ? (from ? to(from) : null) : to;
      if (!next || same(from, next)) return;
      if (from) past.current = [...past.current.slice(-STEPS_BACK), from];
      future.current = [];
      write(next);
    },
    [write],
  );
  const step = useCallback(
    (out: typeof past, into: typeof past) => {
      const to = out.current.pop();
      if (!to || !now.current.tree) return;
      into.current.push(now.current.tree);
      write(to);
    },
    [write],
  );
  const settle = useCallback(
    (settled: Tree) => {
      if (!conflict) return;
      now.current.hash = conflict.hash;
      now.current.base = conflict.theirs;
      setConflict(null);
      past.current = [...past.current, conflict.mine];
      write(settled);
    },
    [conflict, write],
  );
  const follow = useCallback(async () => {
    if (now.current.waits) return;
    const { draft, hash, tree: theirs } = await fetched();
    if (hash === now.current.hash || now.current.waits) return;
    now.current = { ...now.current, tree: theirs, base: theirs, hash, waits: false };
    setDocument(draft.document);
    show(theirs);
    setChecked(await told(api.GET("/api/v1/trees/{id}/check", { params: { path: { id } } })));
  }, [fetched, id, show]);

  return {
    tree,
    document,
    kept,
    findings: checked?.findings ?? NONE,
    mayBePublished: checked?.may_be_published ?? false,
    problem,
    conflict,
    change,
    undo: past.current.length ? () => step(past, future) : null,
    redo: future.current.length ? () => step(future, past) : null,
    settle,
    follow,
  };
}

function bareHash(response: Response): string {
  return (response.headers.get("ETag") ?? "").replace(/^W\/|"/g, "");
}

function keep(id: string, local: Local): void {
  try {
    localStorage.setItem(PLACE + id, JSON.stringify(local));
  } catch {
    // A private window, or full: the server has it a moment later.
  }
}

function drop(id: string): void {
  try {
    localStorage.removeItem(PLACE + id);
  } catch {
    // Nothing was kept either.
  }
}

function read(id: string): Local | null {
  try {
    const found = JSON.parse(localStorage.getItem(PLACE + id) ?? "null") as Local | null;
    return found?.tree ? found : null;
  } catch {
    return null;
  }
}
