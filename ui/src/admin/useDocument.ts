// One document being edited: what was read, what is typed, what the server says of it. What is typed
// is never lost to somebody else's change: both stand side by side until a person decides.

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, type Schema, told } from "../api/client";

export type Mistake = Schema["Mistake"];
export type Gone = Schema["Gone"];
export type Kept = Schema["Kept"];
type Document = Schema["Document"];

const PAUSE_MS = 400;

interface Said {
  /** The text it is said of. */
  of: string;
  mistakes: readonly Mistake[];
  gone: readonly Gone[];
}

export function useDocument(id: string) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [base, setBase] = useState<Document>();
  const [text, setText] = useState("");
  const [said, setSaid] = useState<Said>();
  const [kept, setKept] = useState<Kept>();
  const [problem, setProblem] = useState("");
  const [theirs, setTheirs] = useState<Document>();
  const [busy, setBusy] = useState(false);

  const fail = useCallback(
    (error: unknown) => setProblem(error instanceof Refused ? error.message : t("unreachable")),
    [t],
  );
  const read = useCallback(async () => {
    const found = await told(api.GET("/api/v1/configuration/{id}", { params: { path: { id } } }));
    setBase(found);
    setText(found.text);
    setProblem("");
    setTheirs(undefined);
  }, [id]);
  useEffect(() => void read().catch(fail), [read, fail]);

  useEffect(() => {
    if (!base) return;
    let over = false;
    const timer = setTimeout(async () => {
      try {
        const found = await told(
          api.POST("/api/v1/configuration/{id}/check", {
            params: { path: { id } },
            body: { text },
          }),
        );
        if (!over) {
          setSaid({ of: text, mistakes: found.mistakes ?? [], gone: found.gone ?? [] });
          setProblem("");
        }
      } catch (error) {
        if (!over) fail(error);
      }
    }, PAUSE_MS);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [base, id, text, fail]);

  const changed = base !== undefined && text !== base.text;
  const checked = said?.of === text;

  const save = async (note: string, over = base) => {
    if (!over) return;
    setBusy(true);
    try {
      const done = await told(
        api.PUT("/api/v1/configuration/{id}", {
          params: { path: { id } },
          headers: { "If-Match": `"${over.hash}"` },
          body: { text, note },
        }),
      );
      await took(done);
    } catch (error) {
      if (error instanceof Refused && error.code === "document_changed") {
        setTheirs(await told(api.GET("/api/v1/configuration/{id}", { params: { path: { id } } })));
      }
      fail(error);
    } finally {
      setBusy(false);
    }
  };
  const takeBack = async (version: number) => {
    if (!base) return;
    setBusy(true);
    try {
      const done = await told(
        api.POST("/api/v1/configuration/{id}/take-back", {
          params: { path: { id } },
          headers: { "If-Match": `"${base.hash}"` },
          body: { version },
        }),
      );
      await took(done);
    } catch (error) {
      fail(error);
    } finally {
      setBusy(false);
    }
  };
  const took = async (done: Kept) => {
    setKept(done);
    await read();
    await queries.invalidateQueries({ queryKey: ["configuration", id] });
  };
  const type = (typed: string) => {
    setText(typed);
    setKept(undefined);
  };
  return {
    base,
    text,
    type,
    mistakes: said?.mistakes ?? [],
    gone: checked ? (said?.gone ?? []) : [],
    /** It may be saved: changed, looked at as it stands, without a mistake. */
    sound: changed && checked && said.mistakes.length === 0 && !busy,
    changed,
    checked,
    kept,
    problem,
    theirs,
    busy,
    save,
    takeBack,
    read,
  };
}
