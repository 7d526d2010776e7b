// Quality scoring: a reviewer's work, what talks were judged to be, samples and forms. An agent sees
// her own results alone.

import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useSession, watches } from "../session/session";
import { Forms } from "./Forms";
import { Plans } from "./Plans";
import { Result } from "./Result";
import { Agents, Results } from "./Results";
import { Review } from "./Review";
import { Reviews } from "./Reviews";
import "../desk/desk.css";
import "../recordings/recordings.css";
import "./quality.css";

const PARTS = ["", "results", "agents", "plans", "forms"] as const;

export function Quality({ part, id }: { part: string; id: string }) {
  const { t } = useTranslation();
  const session = useSession();
  if (!watches(session)) {
    return (
      <main className="recordings quality">
        <h1>{t("quality.mine")}</h1>
        <Results own />
      </main>
    );
  }
  const shown = part === "review" ? "" : part;
  return (
    <main className="recordings quality">
      <nav className="desk-parts" aria-label={t("quality.title")}>
        {PARTS.map((one) => (
          <Link
            key={one}
            href={one ? `/quality/${one}` : "/quality"}
            aria-current={one === shown ? "page" : undefined}
          >
            {t(`quality.part.${one || "reviews"}`)}
          </Link>
        ))}
      </nav>
      {part === "" && <Reviews />}
      {part === "review" && <Review key={id} id={id} />}
      {part === "results" && (id ? <Result key={id} id={id} /> : <Results />)}
      {part === "agents" && <Agents />}
      {part === "plans" && <Plans />}
      {part === "forms" && <Forms />}
    </main>
  );
}
