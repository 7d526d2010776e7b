// The knowledge base as the server has it: searched, suggested, read, judged, written.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schema, told } from "../api/client";

export type Article = Schema["ArticleLine"];
export type Hit = Schema["Hit"];
export type Remark = Schema["Remark"];
export type ArticleState = Article["state"];
export type Verdict = NonNullable<Schema["Used"]["verdict"]>;
export type Written = Required<Schema["ArticleWritten"]>;

const ARTICLES = ["articles"];
const REMARKS = ["remarks"];

/** What fits the text, best first; undefined while nothing was asked or no answer came. */
export function useSearch(text: string): readonly Hit[] | undefined {
  const { data } = useQuery({
    queryKey: ["knowledge", text],
    enabled: text.trim() !== "",
    queryFn: () => told(api.GET("/api/v1/knowledge", { params: { query: { text } } })),
  });
  return data?.hits;
}

export interface Talk {
  ticket: string | undefined;
  queue: string;
  language: Schema["Language"];
  /** Keys the caller pressed, in words. */
  text: string;
}

/** For the talk in hand; asked again while what stands on its ticket grows. */
export function useSuggestions(talk: Talk, everyMs: number): readonly Hit[] {
  const { data } = useQuery({
    queryKey: ["suggestions", talk],
    enabled: Boolean(talk.ticket || talk.text),
    refetchInterval: everyMs,
    queryFn: () => {
      const { ticket, ...rest } = talk;
      const query = ticket ? { ...rest, ticket } : rest;
      return told(api.GET("/api/v1/knowledge/suggestions", { params: { query } }));
    },
  });
  return data?.hits ?? [];
}

/** What callers are answered with; reading it is counted, so it is not asked for twice. */
export function useArticle(id: string) {
  return useQuery({
    queryKey: ["article", id],
    staleTime: 60_000,
    queryFn: () => told(api.GET("/api/v1/knowledge/articles/{id}", { params: { path: { id } } })),
  });
}

export function useVerdict(id: string) {
  return useMutation({
    mutationFn: (used: { verdict: Verdict; call?: string; ticket?: string | undefined }) =>
      told(
        api.PUT("/api/v1/knowledge/articles/{id}/use", {
          params: { path: { id } },
          body: { verdict: used.verdict, call: used.call ?? null, ticket: used.ticket ?? null },
        }),
      ),
  });
}

export function useRemark(id: string) {
  return useMutation({
    mutationFn: (text: string) =>
      told(
        api.POST("/api/v1/knowledge/articles/{id}/remarks", {
          params: { path: { id } },
          body: { text },
        }),
      ),
  });
}

export function useArticles(state: ArticleState | null, reviewBefore: number | null) {
  return useQuery({
    queryKey: [...ARTICLES, state, reviewBefore],
    queryFn: () => {
      const query = {
        limit: 200,
        ...(state ? { state } : {}),
        ...(reviewBefore ? { review_before: reviewBefore } : {}),
      };
      return told(api.GET("/api/v1/knowledge/articles", { params: { query } }));
    },
  });
}

export function useDraft(id: string) {
  return useQuery({
    queryKey: [...ARTICLES, id],
    enabled: id !== "",
    queryFn: () =>
      told(api.GET("/api/v1/knowledge/articles/{id}/draft", { params: { path: { id } } })),
  });
}

/** Keep (a new one when `id` is ''), and publish when asked; the article as it stands then. */
export function useKeep() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (asked: { id: string; over: number; body: Written; publish: boolean }) => {
      const path = { params: { path: { id: asked.id } } };
      const kept = asked.id
        ? await told(
            api.PUT("/api/v1/knowledge/articles/{id}", {
              ...path,
              body: { ...asked.body, over: asked.over },
            }),
          )
        : await told(api.POST("/api/v1/knowledge/articles", { body: asked.body }));
      if (!asked.publish) return kept;
      return told(
        api.POST("/api/v1/knowledge/articles/{id}/publish", {
          params: { path: { id: kept.id } },
          body: { version: kept.latest.number },
        }),
      );
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ARTICLES }),
  });
}

export function useRetire() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      told(api.POST("/api/v1/knowledge/articles/{id}/retire", { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ARTICLES }),
  });
}

export function useRemarks() {
  return useQuery({
    queryKey: REMARKS,
    queryFn: () => told(api.GET("/api/v1/knowledge/remarks")),
  });
}

export function useSettle() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) =>
      told(
        api.POST("/api/v1/knowledge/remarks/{id}/settle", { params: { path: { id: String(id) } } }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: REMARKS }),
  });
}
