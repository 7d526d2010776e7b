// Somebody else has changed the ticket since it was read: both versions, and which shall stand.

import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { named } from "../i18n";
import type { Change, Ticket } from "./tickets";

export function Clash(props: {
  mine: Change;
  theirs: Ticket;
  settle: (keepMine: boolean) => void;
}) {
  const { t } = useTranslation();
  const { mine, theirs, settle } = props;
  const last = theirs.entries.at(-1);
  return (
    <section className="clash" role="alert" id="clash">
      <h2>{t("desk.clash")}</h2>
      <table className="lines">
        <thead>
          <tr>
            <th scope="col">{t("desk.what")}</th>
            <th scope="col">{t("desk.theirs")}</th>
            <th scope="col">{t("desk.yours")}</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(mine)
            .filter(([name]) => name !== "version" && name !== "language")
            .map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{t(`desk.field.${name}` as "desk.field.owner")}</th>
                <td>{theirsOf(theirs, name) || last?.text || t("desk.nobody")}</td>
                <td>{said(value)}</td>
              </tr>
            ))}
        </tbody>
      </table>
      <div className="desk-acts">
        <Button id="keep-mine" onClick={() => settle(true)}>
          {t("desk.keepMine")}
        </Button>
        <Button id="take-theirs" variant="default" onClick={() => settle(false)}>
          {t("desk.takeTheirs")}
        </Button>
      </div>
    </section>
  );
}

function theirsOf(ticket: Ticket, name: string): string {
  if (name === "title") return named(ticket.titles, "");
  const value = (ticket as unknown as Record<string, unknown>)[name];
  return typeof value === "string" ? value : "";
}

function said(value: unknown): string {
  if (value && typeof value === "object" && "text" in value) return String(value.text);
  return String(value ?? "");
}
