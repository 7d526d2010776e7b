// What an agent says about herself, and a supervisor for her. The answer comes by push; a refusal is
// said in the server's words.

import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, Refused } from "../api/client";

export type Saying =
  | { say: "log-in" | "log-out" | "ready" | "free" }
  | { say: "not-ready"; reason: string }
  | { say: "serves"; queues: string[] }
  | { say: "skills"; skills: Record<string, number> | null }
  | { say: "wrap-up"; do: "finish" | "extend"; by_s: number };

export function useSay(agent: string) {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: (saying: Saying) => send(agent, saying),
    onError: (error) =>
      notifications.show({
        color: "red",
        message: error instanceof Refused ? error.message : t("unreachable"),
      }),
  });
}

function send(id: string, saying: Saying): Promise<unknown> {
  const params = { path: { id } };
  switch (saying.say) {
    case "log-in":
      return api.POST("/api/v1/agents/{id}/log-in", { params });
    case "log-out":
      return api.POST("/api/v1/agents/{id}/log-out", { params });
    case "ready":
      return api.POST("/api/v1/agents/{id}/ready", { params });
    case "free":
      return api.POST("/api/v1/agents/{id}/free", { params });
    case "not-ready":
      return api.POST("/api/v1/agents/{id}/not-ready", { params, body: { reason: saying.reason } });
    case "serves":
      return api.PUT("/api/v1/agents/{id}/queues", { params, body: { queues: saying.queues } });
    case "skills":
      return api.PUT("/api/v1/agents/{id}/skills", { params, body: { skills: saying.skills } });
    case "wrap-up":
      return api.POST("/api/v1/agents/{id}/wrap-up", {
        params,
        body: { do: saying.do, by_s: saying.by_s },
      });
  }
}
