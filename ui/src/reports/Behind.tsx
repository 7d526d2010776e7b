// The calls behind a number: those begun in its time, of its queue or agent.

import { Button, Drawer } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, told } from "../api/client";
import { phoneNumber } from "../look/time";
import { Voices } from "../voice/Voices";
import { shown } from "./columns";
import { Effort } from "./Effort";
import { Repeats } from "./Repeats";

const PAGE = 100;

export interface Counted {
  title: string;
  since: number;
  until: number;
  queue?: string;
  agent?: string;
  /** None: every outcome. */
  outcomes: readonly string[];
  /** Those after which she called again, with that call. */
  repeats: boolean;
}

export function Behind(props: { number: Counted | null; zone: string; close: () => void }) {
  const { number, close } = props;
  return (
    <Drawer
      opened={number !== null}
      onClose={close}
      position="right"
      size="xl"
      title={number?.title}
      closeButtonProps={{ "aria-label": useTranslation().t("close") }}
    >
      {number &&
        (number.repeats ? (
          <Repeats number={number} zone={props.zone} />
        ) : (
          <Calls number={number} zone={props.zone} />
        ))}
    </Drawer>
  );
}

function Calls({ number, zone }: { number: Counted; zone: string }) {
  const { t, i18n } = useTranslation();
  const { since, until, queue, agent, outcomes } = number;
  const [open, setOpen] = useState("");
  const outcome = outcomes.length === 1 ? outcomes[0] : undefined;
  const { data, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ["behind", number],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      told(
        api.GET("/api/v1/calls", {
          params: {
            query: {
              since,
              until,
              limit: PAGE,
              ...(queue ? { queue } : {}),
              ...(agent ? { agent } : {}),
              // biome-ignore lint/suspicious/noExplicitAny: one of the outcomes, by the column
              ...(outcome ? { outcome: outcome as any } : {}),
              ...(pageParam ? { before: pageParam } : {}),
            },
          },
        }),
      ),
    getNextPageParam: ({ next }) => next || undefined,
  });
  const calls = (data?.pages.flatMap((page) => page.calls) ?? []).filter(
    (call) => outcomes.length < 2 || outcomes.includes(call.outcome ?? ""),
  );
  if (!data) return null;
  if (calls.length === 0 && !hasNextPage) return <p>{t("reports.noCalls")}</p>;
  return (
    <>
      <table className="lines" id="behind">
        <thead>
          <tr>
            {(["at", "number", "agent", "wait", "talk", "outcome"] as const).map((name) => (
              <th key={name} scope="col">
                {t(`reports.call.${name}`)}
              </th>
            ))}
            <th scope="col">{t("reports.call.effort")}</th>
            <th scope="col">{t("voice.show")}</th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <tr key={call.call}>
              <td>
                {new Date(call.started_at * 1000).toLocaleString(i18n.language, { timeZone: zone })}
              </td>
              <td>{phoneNumber(call.number) || t("reports.withheld")}</td>
              <td>{call.agent ?? "–"}</td>
              <td>{shown(call.waited_s, "seconds", i18n.language)}</td>
              <td>{shown(call.talk_s, "seconds", i18n.language)}</td>
              <td>{t(`reports.outcome.${call.outcome ?? "open"}`)}</td>
              <td>
                <Effort call={call.call} zone={zone} />
              </td>
              <td>
                {call.answered_at !== null && (
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-expanded={open === call.call}
                    onClick={() => setOpen(open === call.call ? "" : call.call)}
                  >
                    {t("voice.show")}
                  </Button>
                )}
                {open === call.call && <Voices call={call.call} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {hasNextPage && (
        <Button variant="default" mt="md" onClick={() => void fetchNextPage()}>
          {t("reports.older")}
        </Button>
      )}
    </>
  );
}
