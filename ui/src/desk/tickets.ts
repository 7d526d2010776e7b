// Tickets as the desk asks for them and changes them; a stale copy is refused with both versions.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, Refused, type Schema, told } from "../api/client";
import { language } from "../i18n";

export type Ticket = Schema["Ticket"];
export type Entry = Ticket["entries"][number];
export type Clock = Ticket["clocks"][number];
export type Change = Partial<Schema["TicketChange"]>;
export type Department = Schema["DepartmentLine"];

export const KINDS = ["technical", "service", "sales", "other"] as const;
export const PRIORITIES = ["low", "normal", "high", "urgent"] as const;
export const STATES = ["open", "in_progress", "resolved", "closed"] as const;
export const CHANNELS = ["phone", "mail", "message", "letter", "in_person"] as const;
/** tickets/model.py, NEXT: what a ticket may become. */
export const NEXT = {
  open: ["in_progress", "resolved", "closed"],
  in_progress: ["open", "resolved", "closed"],
  resolved: ["open", "closed"],
  closed: ["open"],
} as const;
const AGAIN_MS = 15_000;
export const PAGE = 50;

export interface Wanted {
  text: string;
  department: string;
  whose: "all" | "mine" | "nobody" | "watched";
  state: "live" | "all" | Ticket["state"];
  late: boolean;
}

export const FIRST: Wanted = { text: "", department: "", whose: "all", state: "live", late: false };

export function useTickets(wanted: Wanted, me: string, before: string) {
  return useQuery({
    queryKey: ["desk", wanted, me, before],
    queryFn: () =>
      told(
        api.GET("/api/v1/tickets", {
          params: {
            query: {
              text: wanted.text,
              ...(wanted.department && { department: wanted.department }),
              ...(wanted.whose === "mine" && { owner: me }),
              ...(wanted.whose === "nobody" && { owner: "" }),
              watched: wanted.whose === "watched",
              live: wanted.state === "live",
              ...(wanted.state !== "live" && wanted.state !== "all" && { state: wanted.state }),
              late: wanted.late,
              limit: PAGE,
              ...(before && { before }),
            },
          },
        }),
      ),
    placeholderData: (known) => known,
    refetchInterval: AGAIN_MS,
  });
}

export function useTicket(id: string) {
  return useQuery({
    queryKey: ["ticket", id],
    queryFn: () => told(api.GET("/api/v1/tickets/{id}", { params: { path: { id } } })),
    refetchInterval: AGAIN_MS,
    retry: false,
  });
}

export function useDepartments(): Department[] {
  const { data } = useQuery({
    queryKey: ["departments"],
    queryFn: () => told(api.GET("/api/v1/departments")),
    staleTime: 60_000,
  });
  return data?.departments ?? [];
}

/** One change of what is shown. `clash`: somebody else was quicker; nothing of it was saved. */
export function useChange(ticket: Ticket) {
  const queries = useQueryClient();
  const [clash, setClash] = useState<{ mine: Change; theirs: Ticket }>();
  const { mutate, mutateAsync, isPending, error } = useMutation({
    mutationFn: (change: Change) => {
      const asked = { language: language(), version: ticket.version, ...change };
      const body = asked as Schema["TicketChange"];
      const path = { params: { path: { id: ticket.id } } };
      return told(api.PATCH("/api/v1/tickets/{id}", { ...path, body }));
    },
    onSuccess: (now) => {
      queries.setQueryData(["ticket", now.id], now);
      setClash(undefined);
    },
    onError: (failed, mine) => {
      if (failed instanceof Refused && failed.status === 412) {
        setClash({ mine, theirs: failed.now as Ticket });
      }
    },
  });
  const settle = (keepMine: boolean) => {
    if (!clash) return;
    queries.setQueryData(["ticket", ticket.id], clash.theirs);
    if (keepMine) mutate({ ...clash.mine, version: clash.theirs.version });
    else setClash(undefined);
  };
  const refused = error instanceof Refused && error.status !== 412 ? error : undefined;
  const lost = error && !(error instanceof Refused);
  return { change: mutate, changed: mutateAsync, busy: isPending, refused, lost, clash, settle };
}
