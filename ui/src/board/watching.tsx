// A supervisor with somebody's talk: listening, whispering, joining, taking over, by this tab's own
// telephone. One leg at a time; another way of being with it is another leg. Listening opens no
// microphone at all.

import { notifications } from "@mantine/notifications";
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, type Schema, told } from "../api/client";
import { usePhone } from "../phone/Phone";

export const WAYS = ["listen", "whisper", "barge", "take_over"] as const;
export type Way = Schema["WatchWish"]["how"];

export interface Watched {
  call: string;
  agent: string;
  how: Way;
}

interface Watching {
  watched: Watched | null;
  begin(wanted: Watched): void;
  leave(): void;
}

const Context = createContext<Watching>({ watched: null, begin: () => {}, leave: () => {} });

export function useWatching(): Watching {
  return useContext(Context);
}

export function WatchingTalks({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const { telephone, state, start } = usePhone();
  const [watched, setWatched] = useState<Watched | null>(null);
  /** Dialled for this very wish; a wish is dialled once. */
  const dialled = useRef<Watched | null>(null);
  const busy = state.call !== null;

  const begin = useCallback(
    (wanted: Watched) => {
      start();
      setWatched(wanted);
    },
    [start],
  );
  const leave = useCallback(() => {
    setWatched(null);
    if (state.call?.watching) void telephone?.hangUp();
  }, [state.call?.watching, telephone]);

  // The leg is over: the talk ended, or it was left. Looked at before the next one is dialled, which
  // would be taken for it.
  const was = useRef(false);
  useEffect(() => {
    if (was.current && !busy && dialled.current === watched) setWatched(null);
    was.current = busy;
  }, [busy, watched]);

  useEffect(() => {
    if (!watched || !telephone || state.registration !== "registered") return;
    if (dialled.current === watched) return;
    if (busy) {
      // The former leg ends first; in a talk of one's own nothing is watched.
      if (state.call?.watching) void telephone.hangUp();
      else setWatched(null);
      return;
    }
    dialled.current = watched;
    void ticket(watched).then(
      ({ dial, sends }) => telephone.dial(dial, sends, true),
      (error: unknown) => {
        setWatched(null);
        const message = error instanceof Refused ? error.message : t("unreachable");
        notifications.show({ color: "red", message });
      },
    );
  }, [watched, telephone, state.registration, state.call?.watching, busy, t]);

  const value = useMemo(() => ({ watched, begin, leave }), [watched, begin, leave]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

function ticket({ call, how }: Watched): Promise<Schema["WatchTicket"]> {
  return told(
    api.POST("/api/v1/calls/{id}/watch", { params: { path: { id: call } }, body: { how } }),
  );
}
