// Entries that are the same person: proposed by name and number, merged, and parted again.

import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api, Refused, type Schema, told } from "../api/client";
import { useNow } from "../live/hooks";
import { moment } from "../look/moment";
import { phoneNumber } from "../look/time";

type Customer = Schema["Customer"];
const MOST = 10;

export function Doubles({ one }: { one: Customer }) {
  const { t } = useTranslation();
  const now = useNow();
  const queries = useQueryClient();
  const { data: merged } = useQuery({
    queryKey: ["merges", one.id],
    queryFn: () =>
      told(api.GET("/api/v1/customers/{id}/merges", { params: { path: { id: one.id } } })),
  });
  const { data: likely } = useQuery({
    queryKey: ["doubles", one.id],
    queryFn: () => alike(one),
  });
  const { mutate, isPending, error } = useMutation({
    mutationFn: (act: { gone: string } | { undo: number }) =>
      "gone" in act
        ? told(
            api.POST("/api/v1/customers/{id}/merge", {
              params: { path: { id: act.gone } },
              body: { into: one.id },
            }),
          )
        : told(
            api.POST("/api/v1/customer-merges/{id}/undo", {
              params: { path: { id: `${act.undo}` } },
            }),
          ),
    onSettled: () => queries.invalidateQueries(),
  });
  const merges = merged?.merges ?? [];
  const others = likely ?? [];
  if (merges.length === 0 && others.length === 0) return null;
  return (
    <section aria-labelledby="doubles-title">
      <h2 id="doubles-title">{t("customers.doubles")}</h2>
      <ul className="story" id="doubles">
        {others.map((other) => (
          <li key={other.id} data-double={other.id}>
            <Link href={`/customers/${encodeURIComponent(other.id)}`}>
              {other.name || other.id}
            </Link>
            <span>{other.company}</span>
            <span className="quiet">
              {other.numbers.map((n) => phoneNumber(n.number)).join(" · ")}
            </span>
            <Button
              size="compact-sm"
              variant="default"
              data-do="merge"
              disabled={isPending}
              onClick={() => mutate({ gone: other.id })}
            >
              {t("customers.same")}
            </Button>
          </li>
        ))}
        {merges.map((merge) => (
          <li key={merge.id} data-merge={merge.id}>
            <span>
              {t("customers.merged", { id: merge.gone, by: merge.by, at: moment(merge.at, now) })}
            </span>
            <Button
              size="compact-sm"
              variant="default"
              data-do="unmerge"
              disabled={isPending}
              onClick={() => mutate({ undo: merge.id })}
            >
              {t("customers.part")}
            </Button>
          </li>
        ))}
      </ul>
      {error && (
        <p role="alert" className="wrong">
          {error instanceof Refused ? error.message : t("unreachable")}
        </p>
      )}
    </section>
  );
}

/** Of her very name, or with one of her numbers. */
async function alike(one: Customer): Promise<Customer[]> {
  const asked = [
    ...(one.name ? [{ name: one.name }] : []),
    ...one.numbers.map(({ number }) => ({ number })),
  ];
  const found = await Promise.all(
    asked.map((query) =>
      told(api.GET("/api/v1/customers", { params: { query: { ...query, limit: MOST } } })),
    ),
  );
  const others = found
    .flatMap((page) => page.customers)
    .filter(
      (other) =>
        other.id !== one.id &&
        (other.name === one.name ||
          other.numbers.some((mine) => one.numbers.some((n) => n.number === mine.number))),
    );
  return [...new Map(others.map((other) => [other.id, other])).values()];
}
