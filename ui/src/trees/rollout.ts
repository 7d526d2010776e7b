// What is planned and tried of a tree, asked of the server.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { api, type Schema, told } from "../api/client";

export type Plan = Schema["TreePlan"];
export type Trial = Schema["TreeTrial"];
export type Came = Schema["Came"];

const LOOK_MS = 10_000;

export function useRollout(id: string) {
  const path = { params: { path: { id } } };
  const queries = useQueryClient();
  const plans = useQuery({
    queryKey: ["rollout", id, "plans"],
    queryFn: () => told(api.GET("/api/v1/trees/{id}/plans", path)),
    refetchInterval: LOOK_MS,
  });
  const trials = useQuery({
    queryKey: ["rollout", id, "trials"],
    queryFn: () => told(api.GET("/api/v1/trees/{id}/trials", path)),
    refetchInterval: LOOK_MS,
  });
  const again = useCallback(async () => {
    await Promise.all(
      [["rollout", id], ["versions", id], ["trees"]].map((queryKey) =>
        queries.invalidateQueries({ queryKey }),
      ),
    );
  }, [queries, id]);
  const all = trials.data?.trials ?? [];
  return {
    plans: plans.data?.plans ?? [],
    trials: all,
    running: all.find((one) => one.ended_at === null),
    again,
  };
}
