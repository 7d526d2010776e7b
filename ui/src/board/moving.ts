// What a supervisor does about a caller who waits. What comes of it is told by push.

import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, Refused } from "../api/client";

/** Above what any level of customer gives. */
const FIRST = 1_000;
/** How long she is kept for an agent who is busy. */
const KEEP_S = 120;

export type Move = { call: string } & (
  | { move: "first" }
  | { move: "give"; agent: string }
  | { move: "queue"; queue: string }
  | { move: "out"; to: "overflow" | "voicemail" }
);

export function useMove() {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: send,
    onSuccess: () => notifications.show({ message: t("board.done") }),
    onError: (error) =>
      notifications.show({
        color: "red",
        message: error instanceof Refused ? error.message : t("unreachable"),
      }),
  });
}

function send(move: Move): Promise<unknown> {
  const params = { path: { id: move.call } };
  if (move.move === "first") {
    return api.POST("/api/v1/calls/{id}/priority", { params, body: { priority: FIRST } });
  }
  if (move.move === "queue") {
    return api.POST("/api/v1/calls/{id}/move", { params, body: { queue: move.queue } });
  }
  if (move.move === "out") {
    return api.POST("/api/v1/calls/{id}/withdraw", { params, body: { to: move.to } });
  }
  const body = { agent: move.agent, keep_s: KEEP_S };
  return api.POST("/api/v1/calls/{id}/assign", { params, body });
}
