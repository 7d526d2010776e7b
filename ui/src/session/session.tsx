// Who is signed in at this browser. The server knows; this asks, and asks again when in doubt.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo } from "react";
import { api, carry, Refused, type Schema, told } from "../api/client";
import { prefer } from "../i18n";

export type Session = Schema["Session"];

interface Door {
  /** undefined: not known yet; null: nobody. */
  session: Session | null | undefined;
  /** The server could not be asked. */
  unreachable: boolean;
  /** `code`: the second factor, for who has one. */
  enter(name: string, password: string, code: string): Promise<void>;
  leave(): Promise<void>;
  /** Somebody may have signed out, or in as another, in another tab or at the server. */
  askAgain(): void;
}

const DoorContext = createContext<Door | null>(null);
export const SESSION = ["session"] as const;

export function DoorProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const { data: session, isError } = useQuery({
    queryKey: SESSION,
    queryFn: whoIsIn,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    // While the server is away it is asked until it is back.
    refetchInterval: (query) => (query.state.status === "error" ? 2_000 : false),
  });
  const person = session?.person;
  const own = session?.language ?? null;
  useEffect(() => {
    if (person !== undefined) prefer(own);
  }, [person, own]);

  const enter = useCallback(
    async (name: string, password: string, code: string) => {
      const found = await told(api.POST("/api/v1/session", { body: { name, password, code } }));
      carry(found.token);
      queries.setQueryData(SESSION, found);
    },
    [queries],
  );
  const leave = useCallback(async () => {
    await api.DELETE("/api/v1/session").catch((error: unknown) => {
      // Out already: that is what was wanted.
      if (!(error instanceof Refused)) throw error;
    });
    carry("1");
    queries.removeQueries({ predicate: (query) => query.queryKey[0] !== SESSION[0] });
    queries.setQueryData(SESSION, null);
  }, [queries]);
  const askAgain = useCallback(() => void queries.refetchQueries({ queryKey: SESSION }), [queries]);
  const door = useMemo(
    () => ({
      session,
      unreachable: isError && session === undefined,
      enter,
      leave,
      askAgain,
    }),
    [session, isError, enter, leave, askAgain],
  );
  return <DoorContext.Provider value={door}>{children}</DoorContext.Provider>;
}

export function useDoor(): Door {
  const door = useContext(DoorContext);
  if (!door) throw new Error("outside of DoorProvider");
  return door;
}

/** Behind the door, where somebody is signed in. */
export function useSession(): Session {
  const { session } = useDoor();
  if (!session) throw new Error("nobody is signed in");
  return session;
}

export function watches(session: Session): boolean {
  return session.roles.includes("supervisor") || session.roles.includes("admin");
}

/** A supervisor of some queues, and of nothing else. */
export function isLimited(session: Session): boolean {
  return session.queues.length > 0;
}

/** On the floor; who only answers for a department sees no board and takes no calls. */
export function onFloor(session: Session): boolean {
  return watches(session) || session.roles.includes("agent");
}

export function worksAtDesk(session: Session): boolean {
  return onFloor(session) || session.roles.includes("department");
}

async function whoIsIn(): Promise<Session | null> {
  try {
    const session = await told(api.GET("/api/v1/session"));
    carry(session.token);
    return session;
  } catch (error) {
    if (error instanceof Refused && error.status === 401) return null;
    throw error;
  }
}
