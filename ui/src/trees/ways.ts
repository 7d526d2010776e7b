// The paths of real callers, counted by the server over a period that is chosen.

import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, told } from "../api/client";
import { type Heat, heatOf, type Period, since, type TreePaths } from "./heat";
import type { Tree } from "./model";

const MINUTE_MS = 60_000;

export interface Ways {
  on: Period | "";
  show: (period: Period | "") => void;
  version: string;
  choose: (version: string) => void;
  found: TreePaths | undefined;
  problem: boolean;
  heat: Heat | null;
}

export function useWays(id: string, tree: Tree): Ways {
  const [on, show] = useState<Period | "">("");
  const [version, choose] = useState("");
  const { data, isError } = useQuery({
    queryKey: ["paths", id, on, version],
    enabled: on !== "",
    refetchInterval: MINUTE_MS,
    queryFn: () => {
      const now = new Date();
      return told(
        api.GET("/api/v1/trees/{id}/paths", {
          params: {
            path: { id },
            query: { since: since(on || "today", now), until: now.getTime() / 1000 + 1, version },
          },
        }),
      );
    },
  });
  const found = on ? data : undefined;
  const heat = useMemo(() => (found ? heatOf(found, tree) : null), [found, tree]);
  return { on, show, version, choose, found, problem: isError && on !== "", heat };
}
