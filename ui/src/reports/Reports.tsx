// How well it went: figures of any days against what the centre wants to reach.

import { Button, Group, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useSearch } from "wouter";
import { api, Refused, type Schema, told } from "../api/client";
import { language } from "../i18n";
import { useFloor } from "../live/hooks";
import { isLimited, useSession } from "../session/session";
import { type Asked, PERIODS, read, SPANS, SUBJECTS, span, written } from "./asked";
import { Behind, type Counted } from "./Behind";
import type { Line } from "./Chart";
import type { Column } from "./columns";
import { type Row, Table } from "./Table";
import { Targets } from "./Targets";
import "./reports.css";

const Chart = lazy(() => import("./Chart"));

export function Reports() {
  const { t } = useTranslation();
  const session = useSession();
  // Nodes of trees are of no queue.
  const subjects = SUBJECTS.filter((one) => one !== "node" || !isLimited(session));
  const search = useSearch();
  const [, go] = useLocation();
  const asked = read(search, new Date());
  const set = (some: Partial<Asked>) =>
    go(`/reports?${written({ ...asked, ...some })}`, { replace: true });
  const { data, error } = useReport(asked);
  const house = useReport({ ...asked, of: "queue" }, "whole");
  const wrong = (field: string) =>
    error instanceof Refused && error.field.replace("$.", "") === field ? error.message : undefined;
  const total = house.data?.totals.find((row) => row.id === "");
  return (
    <main className="reports">
      <header className="document-bar report-bar">
        <h1>{t("face.reports")}</h1>
        <Group gap="xs" role="group" aria-label={t("reports.span")}>
          {SPANS.map((name) => (
            <Button
              key={name}
              size="compact-sm"
              variant="default"
              onClick={() => set(span(name, new Date()))}
            >
              {t(`reports.spans.${name}`)}
            </Button>
          ))}
        </Group>
        <Day id="first" label={t("reports.first")} asked={asked} set={set} wrong={wrong("first")} />
        <Day id="last" label={t("reports.last")} asked={asked} set={set} wrong={wrong("last")} />
        <NativeSelect
          id="report-by"
          label={t("reports.by")}
          value={asked.by}
          error={wrong("by")}
          data={PERIODS.map((value) => ({ value, label: t(`reports.period.${value}`) }))}
          onChange={(event) => set({ by: event.currentTarget.value as Asked["by"] })}
        />
        <NativeSelect
          id="report-of"
          label={t("reports.of")}
          value={asked.of}
          data={subjects.map((value) => ({ value, label: t(`reports.subject.${value}`) }))}
          onChange={(event) => set({ of: event.currentTarget.value as Asked["of"] })}
        />
        <NumberInput
          id="report-level"
          label={t("reports.level")}
          value={asked.level_s}
          min={0}
          max={14_400}
          w="8rem"
          onChange={(value) => typeof value === "number" && set({ level_s: value })}
        />
        <Files asked={asked} />
      </header>
      {error && !(error instanceof Refused && error.field) && (
        <p role="alert" className="report-wrong">
          {error instanceof Refused ? error.message : t("unreachable")}
        </p>
      )}
      {total && house.data && <Targets figures={total.figures} targets={house.data.targets} />}
      {data &&
        (data.totals.length > 0 ? (
          <Told report={data} />
        ) : (
          <p id="nothing">{t("reports.nothing")}</p>
        ))}
    </main>
  );
}

function useReport(asked: Asked, by: Asked["by"] | "whole" = asked.by) {
  return useQuery({
    queryKey: ["report", asked, by],
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
    queryFn: () => told(api.GET("/api/v1/reports", { params: { query: { ...asked, by } } })),
  });
}

function Day(props: {
  id: "first" | "last";
  label: string;
  asked: Asked;
  set: (some: Partial<Asked>) => void;
  wrong: string | undefined;
}) {
  const { id, asked, set } = props;
  return (
    <TextInput
      id={`report-${id}`}
      type="date"
      required
      withAsterisk={false}
      label={props.label}
      value={asked[id]}
      error={props.wrong}
      onChange={(event) => event.currentTarget.value && set({ [id]: event.currentTarget.value })}
    />
  );
}

function Files({ asked }: { asked: Asked }) {
  const { t } = useTranslation();
  return (
    <Group gap="xs" className="report-files">
      {(["xlsx", "csv"] as const).map((form) => (
        <Button
          key={form}
          component="a"
          variant="default"
          download
          href={`/api/v1/reports/file?${written(asked)}&form=${form}&language=${language()}`}
        >
          {t("reports.take", { form: form.toUpperCase() })}
        </Button>
      ))}
    </Group>
  );
}

/** The report itself: everybody's totals, and one of them period by period. */
function Told({ report }: { report: Schema["Report"] }) {
  const { t, i18n } = useTranslation();
  const { of } = report.order;
  const queues = useFloor((floor) => floor.queues);
  const agents = useFloor((floor) => floor.agents);
  const [wanted, setWanted] = useState("");
  const [counted, setCounted] = useState<Counted | null>(null);
  const chosen = report.totals.some((row) => row.id === wanted)
    ? wanted
    : (report.totals[0]?.id ?? "");
  const rows = useMemo(() => report.rows.filter((row) => row.id === chosen), [report, chosen]);
  const called = (id: string) => {
    if (id === "") return t("reports.house");
    if (of === "queue") return queues.get(id)?.names[i18n.language] ?? id;
    return (of === "agent" && agents.get(id)?.name) || id;
  };
  const when = (at: number) => period(at, report, i18n.language);
  const open = (row: Row, column: Column) =>
    setCounted({
      title: `${called(row.id)} · ${t(`reports.column.${column.id}`)}`,
      since: row.since,
      until: row.until,
      ...(row.id && of !== "node" ? { [of]: row.id } : {}),
      outcomes: column.outcomes ?? [],
      repeats: column.repeats ?? false,
    });
  const shared = { of, targets: report.targets, open };
  return (
    <>
      <Table
        id="totals-table"
        {...shared}
        rows={report.totals}
        head={t(`reports.subject.${of}`)}
        name={(row) => called(row.id)}
        chosen={chosen}
        choose={setWanted}
      />
      <h2>{called(chosen)}</h2>
      {of !== "node" && (
        <Suspense fallback={<div className="report-chart" />}>
          <Drawn report={report} rows={rows} when={when} about={called(chosen)} />
        </Suspense>
      )}
      <Table
        id="periods-table"
        {...shared}
        rows={rows}
        head={t(`reports.period.${report.order.by as Asked["by"]}`)}
        name={(row) => when(row.since)}
      />
      <Behind number={counted} zone={report.zone} close={() => setCounted(null)} />
    </>
  );
}

function Drawn(props: {
  report: Schema["Report"];
  rows: readonly Row[];
  when: (at: number) => string;
  about: string;
}) {
  const { t, i18n } = useTranslation();
  const { rows, report } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: words and times follow the language
  const [periods, lines] = useMemo(() => {
    const column = (id: Column["id"]) => t(`reports.column.${id}`);
    const bars: Line[] = [
      bar(column("answered"), "--green", rows, (row) => row.figures.answered),
      report.order.of === "queue"
        ? bar(column("abandoned"), "--red", rows, (row) => row.figures.abandoned)
        : bar(column("rung"), "--grey", rows, (row) => row.figures.rung - row.figures.answered),
    ];
    const share: Line =
      report.order.of === "queue"
        ? curve(column("service_level"), rows, (row) => row.figures.service_level?.of_offered)
        : curve(column("in_rule"), rows, (row) => row.figures.in_rule_share);
    return [rows.map((row) => props.when(row.since)), [...bars, share]];
  }, [rows, i18n.language]);
  return <Chart about={props.about} periods={periods} lines={lines} />;
}

function bar(name: string, color: string, rows: readonly Row[], of: (row: Row) => number): Line {
  return { name, color, kind: "bar", stack: "calls", values: rows.map(of) };
}

function curve(
  name: string,
  rows: readonly Row[],
  of: (row: Row) => number | null | undefined,
): Line {
  return { name, color: "--ink", kind: "line", values: rows.map((row) => of(row) ?? null) };
}

function period(at: number, report: Schema["Report"], language: string): string {
  const then = new Date(at * 1000);
  const by = report.order.by;
  const timeZone = report.zone;
  if (by === "year") return then.toLocaleDateString(language, { timeZone, year: "numeric" });
  if (by === "month")
    return then.toLocaleDateString(language, { timeZone, year: "numeric", month: "short" });
  const day = then.toLocaleDateString(language, { timeZone, month: "short", day: "numeric" });
  if (by === "day" || by === "week") return day;
  const clock = then.toLocaleTimeString(language, {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  });
  return report.order.first === report.order.last ? clock : `${day} ${clock}`;
}
