// What the centre wants to reach, and what it did reach.

import { useTranslation } from "react-i18next";
import type { Schema } from "../api/client";
import { COLUMNS, type Column, type Figures, reached, shown } from "./columns";

const SELF_SERVICE: Column = {
  id: "self_service_share",
  kind: "share",
  of: (f) => f.self_service_share,
  target: "self_service",
};
const CARDS = [...COLUMNS.queue.filter((column) => column.target), SELF_SERVICE];

export function Targets({ figures, targets }: { figures: Figures; targets: Schema["Targets"] }) {
  const { t, i18n } = useTranslation();
  return (
    <dl className="report-targets" id="targets">
      {CARDS.map((column) => {
        const good = reached(column, figures, targets);
        const target = shown(column.target && targets[column.target], column.kind, i18n.language);
        return (
          <div key={column.id} data-card={column.id} data-reached={good ?? undefined}>
            <dt>{t(`reports.column.${column.id}`)}</dt>
            <dd>
              <strong>{shown(column.of(figures), column.kind, i18n.language)}</strong>
              <small>
                {good !== null && (
                  <span>{t(good ? "reports.reached" : "reports.notReached")} · </span>
                )}
                {t(column.most ? "reports.atMost" : "reports.atLeast", { target })}
              </small>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
