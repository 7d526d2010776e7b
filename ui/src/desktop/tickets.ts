// The ticket of the call in hand: found, opened, changed.

import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, Refused, type Schema, told } from "../api/client";
import { language } from "../i18n";

export type Ticket = Schema["Ticket"];
export type Change = Partial<Schema["TicketChange"]>;
/** The desk opens it when the agent answers; it is looked for until it is there. */
const LOOK_MS = 1_000;

/** With calls and entries; undefined while it is looked for or when there is none. */
export function useTicketOf(call: string, wanted: boolean): Ticket | undefined {
  const { data: found } = useQuery({
    queryKey: ["ticket-of", call],
    enabled: wanted,
    queryFn: async () => {
      const page = await told(api.GET("/api/v1/tickets", { params: { query: { call } } }));
      return page.tickets[0]?.id ?? null;
    },
    refetchInterval: (query) => (query.state.data ? false : LOOK_MS),
  });
  const { data } = useQuery({
    queryKey: ["ticket", found],
    enabled: Boolean(found),
    queryFn: () =>
      told(api.GET("/api/v1/tickets/{id}", { params: { path: { id: found as string } } })),
  });
  return data;
}

export function useChange(id: string | undefined) {
  const queries = useQueryClient();
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (change: Change) => patch(id as string, change),
    onSuccess: (ticket) => queries.setQueryData(["ticket", ticket.id], ticket),
    onError: (error) =>
      notifications.show({
        color: "red",
        message: error instanceof Refused ? error.message : t("unreachable"),
      }),
  });
}

export function patch(id: string, change: Change): Promise<Ticket> {
  const body = { language: language(), ...change } as Schema["TicketChange"];
  return told(api.PATCH("/api/v1/tickets/{id}", { params: { path: { id } }, body }));
}

export function useOpen() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Schema["TicketWanted"]) => told(api.POST("/api/v1/tickets", { body })),
    onSuccess: (ticket, asked) => {
      queries.setQueryData(["ticket", ticket.id], ticket);
      queries.setQueryData(["ticket-of", asked.call], ticket.id);
    },
  });
}
