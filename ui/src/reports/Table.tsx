// Figures row by row. A count that calls stand behind opens them.

import { useTranslation } from "react-i18next";
import type { Schema } from "../api/client";
import type { Subject } from "./asked";
import { COLUMNS, type Column, reached, shown } from "./columns";

export type Row = Schema["ReportRow"];

export function Table(props: {
  id: string;
  of: Subject;
  rows: readonly Row[];
  head: string;
  targets: Schema["Targets"];
  name: (row: Row) => string;
  open: (row: Row, column: Column) => void;
  chosen?: string;
  choose?: (id: string) => void;
}) {
  const { t } = useTranslation();
  const columns = COLUMNS[props.of];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled is reached by keys
    <section className="report-table" aria-label={props.head} tabIndex={0}>
      <table className="lines" id={props.id}>
        <thead>
          <tr>
            <th scope="col">{props.head}</th>
            {columns.map((column) => (
              <th key={column.id} scope="col" className="number">
                {t(`reports.column.${column.id}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={`${row.since} ${row.id}`} data-id={row.id} data-since={row.since}>
              <th scope="row">
                {props.choose ? (
                  <button
                    type="button"
                    aria-pressed={props.chosen === row.id}
                    onClick={() => props.choose?.(row.id)}
                  >
                    {props.name(row)}
                  </button>
                ) : (
                  props.name(row)
                )}
              </th>
              {columns.map((column) => (
                <Cell key={column.id} {...props} row={row} column={column} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Cell(props: {
  row: Row;
  column: Column;
  targets: Schema["Targets"];
  open: (row: Row, column: Column) => void;
}) {
  const { t, i18n } = useTranslation();
  const { row, column } = props;
  const value = column.of(row.figures);
  const text = shown(value, column.kind, i18n.language);
  const good = reached(column, row.figures, props.targets);
  return (
    <td className="number" data-figure={column.id} data-reached={good ?? undefined}>
      {(column.outcomes || column.repeats) && value ? (
        <button type="button" onClick={() => props.open(row, column)}>
          {text}
        </button>
      ) : (
        text
      )}
      {good === false && <span className="unseen"> ({t("reports.notReached")})</span>}
    </td>
  );
}
