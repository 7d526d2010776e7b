// What an agent does with her talk. The stream says what came of it.

import { notifications } from "@mantine/notifications";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, Refused, type Schema, told } from "../api/client";
import type { AgentLine, TalkLine } from "../live/floor";

export type Wish = Schema["TalkWish"];
export type Act = Wish["do"];
export type Where = Pick<Wish, "queue" | "agent" | "number">;
export const NOWHERE: Where = { queue: null, agent: null, number: "" };
export type Stage = TalkLine["stage"];
export type Colleague = Schema["Colleague"];

/** hotline/talk.py, MAY: what may be done in which stage. Hanging up always may. */
export const MAY: Record<Stage, readonly Act[]> = {
  dialling: [],
  talking: ["hold", "transfer", "consult"],
  held: ["resume", "transfer", "consult"],
  consulting: ["resume"],
  consulted: ["resume", "complete", "conference", "swap"],
  swapped: ["resume", "complete", "conference", "swap"],
  conference: ["resume"],
  lost: [],
  over: [],
};

export function useTalk(agent: string) {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (wish: { do: Act } & Partial<Where>) =>
      api.POST("/api/v1/agents/{id}/talk", {
        params: { path: { id: agent } },
        body: { ...NOWHERE, ...wish },
      }),
    onError: (error) =>
      notifications.show({
        color: "red",
        message: error instanceof Refused ? error.message : t("unreachable"),
      }),
  });
}

/** Call a number: her own telephone first. A refusal is said in the server's words. */
export function useDial(agent: string) {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (number: string) =>
      api.POST("/api/v1/agents/{id}/dial", {
        params: { path: { id: agent } },
        body: { number, queue: null },
      }),
    onError: (error) =>
      notifications.show({
        color: "red",
        message: error instanceof Refused ? error.message : t("unreachable"),
      }),
  });
}

/** She has no call, and none is on its way to her. */
export function mayDial(state: AgentLine["state"]): boolean {
  return state === "ready" || state === "not_ready" || state === "wrapping_up";
}

/** Who else is at work; looked up again while `on`. */
export function useColleagues(on: boolean): readonly Colleague[] {
  const { data } = useQuery({
    queryKey: ["colleagues"],
    queryFn: () => told(api.GET("/api/v1/colleagues")),
    enabled: on,
    refetchInterval: 3_000,
  });
  return data?.colleagues ?? [];
}
