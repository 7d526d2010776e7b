// One customer: who she is, and all that happened with her, newest first.

import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api, Refused, type Schema, told } from "../api/client";
import { named } from "../i18n";
import { useNow } from "../live/hooks";
import { moment } from "../look/moment";
import { phoneNumber } from "../look/time";
import { useSession, watches } from "../session/session";
import { Doubles } from "./Doubles";
import { Personal } from "./Personal";

type Happening = Schema["CustomerMoment"];
const PAGE = 100;

export function One({ id }: { id: string }) {
  const { t } = useTranslation();
  const session = useSession();
  const leads = watches(session);
  const admin = session.roles.includes("admin");
  const { data: one, error } = useQuery({
    queryKey: ["customer", id],
    queryFn: () => told(api.GET("/api/v1/customers/{id}", { params: { path: { id } } })),
  });
  if (error)
    return (
      <p role="alert" className="wrong">
        {error instanceof Refused ? error.message : t("unreachable")}
      </p>
    );
  if (!one) return null;
  return (
    <>
      <header className="customer-head">
        <h1>{one.name || one.id}</h1>
        {one.level !== "normal" && <b className="customer-level">{t(`level.${one.level}`)}</b>}
        <p className="quiet">{[one.company, one.region, one.note].filter(Boolean).join(" · ")}</p>
        <p>{one.numbers.map((number) => phoneNumber(number.number)).join(" · ")}</p>
      </header>
      {leads && <Doubles one={one} />}
      <Story id={id} />
      {admin && <Personal id={id} />}
    </>
  );
}

function Story({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ["timeline", id],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam }) =>
      told(
        api.GET("/api/v1/customers/{id}/timeline", {
          params: {
            path: { id },
            query: { limit: PAGE, ...(pageParam === undefined ? {} : { before: pageParam }) },
          },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  if (!data) return null;
  const moments = data.pages.flatMap((page) => page.moments);
  return (
    <section aria-labelledby="story-title">
      <h2 id="story-title">{t("customers.timeline")}</h2>
      {moments.length === 0 && <p className="quiet">{t("customers.nothing")}</p>}
      <ol className="story" id="story">
        {moments.map((one) => (
          <Line
            key={`${one.at}${one.kind}${one.call}${one.ticket}${one.what}${one.text}`}
            one={one}
          />
        ))}
      </ol>
      {hasNextPage && (
        <Button variant="default" onClick={() => void fetchNextPage()}>
          {t("customers.earlier")}
        </Button>
      )}
    </section>
  );
}

function Line({ one }: { one: Happening }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const key = `customers.what.${one.what}`;
  const what = i18n.exists(key) ? t(key as "customers.what.open") : one.what;
  return (
    <li data-kind={one.kind}>
      <time>{moment(one.at, now)}</time>
      <b className="story-kind">
        {t(one.kind === "call" && one.out ? "customers.calledHer" : `customers.kind.${one.kind}`)}
      </b>
      <span className="story-text">
        {named(one.titles, "")}
        {one.kind !== "call" && one.text && <q>{one.text}</q>}
      </span>
      <span>{what}</span>
      {one.score != null && <span>{t("customers.score", { score: one.score })}</span>}
      <span className="quiet">{[one.queue, one.who].filter(Boolean).join(" · ")}</span>
      {one.ticket && <Link href={`/desk/ticket/${one.ticket}`}>#{one.ticket}</Link>}
    </li>
  );
}
