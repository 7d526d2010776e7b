// The desk: tickets of departments, one ticket, own tasks, and how well promises are kept.

import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Answers } from "./Answers";
import { Complaints } from "./Complaints";
import { List } from "./List";
import { Tasks } from "./Tasks";
import { TicketPage } from "./TicketPage";
import "./desk.css";

const PARTS = ["", "tasks", "complaints", "answers"] as const;

export function Desk({ part, id }: { part: string; id: string }) {
  const { t } = useTranslation();
  const shown = part === "ticket" ? "" : part;
  return (
    <main className="desk">
      <nav className="desk-parts" aria-label={t("desk.parts")}>
        {PARTS.map((one) => (
          <Link
            key={one}
            href={`/desk/${one}`}
            aria-current={one === shown ? "page" : undefined}
            data-part={one || "tickets"}
          >
            {t(`desk.part.${one || "tickets"}`)}
          </Link>
        ))}
      </nav>
      {part === "ticket" && <TicketPage key={id} id={id} />}
      {part === "" && <List />}
      {part === "tasks" && <Tasks />}
      {part === "complaints" && <Complaints />}
      {part === "answers" && <Answers />}
    </main>
  );
}
