// The knowledge base: what is known to help, found by how callers put it. Who owns articles writes
// them here, and hears what agents think of them.

import { SegmentedControl, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession, watches } from "../session/session";
import { Articles } from "./Articles";
import "./knowledge.css";
import { type Hit, useSearch } from "./knowledge";
import { Reading } from "./Reading";
import { Remarks } from "./Remarks";

const PARTS = ["search", "articles", "remarks"] as const;
type Part = (typeof PARTS)[number];
const TYPING_MS = 250;

export function Knowledge() {
  const { t } = useTranslation();
  const writes = watches(useSession());
  const [part, setPart] = useState<Part>("search");
  return (
    <main className="knowledge">
      <header className="knowledge-head">
        <h1>{t("face.knowledge")}</h1>
        {writes && (
          <SegmentedControl
            aria-label={t("face.knowledge")}
            value={part}
            data={PARTS.map((value) => ({ value, label: t(`knowledge.part.${value}`) }))}
            onChange={(value) => setPart(value as Part)}
          />
        )}
      </header>
      {part === "search" && <Search />}
      {part === "articles" && <Articles />}
      {part === "remarks" && <Remarks />}
    </main>
  );
}

function Search() {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [asked] = useDebouncedValue(text, TYPING_MS);
  const [open, setOpen] = useState<string>();
  const hits = useSearch(asked);
  const shown = hits?.some((hit) => hit.article === open) ? open : hits?.[0]?.article;
  return (
    <div className="knowledge-both">
      <section className="knowledge-found" aria-label={t("knowledge.found")}>
        <TextInput
          id="knowledge-text"
          label={t("knowledge.ask")}
          placeholder={t("knowledge.example")}
          maxLength={4_000}
          data-autofocus
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {hits?.length === 0 && (
          <p role="status" className="quiet">
            {t("knowledge.nothing")}
          </p>
        )}
        <Hits hits={hits ?? []} open={shown} choose={setOpen} />
      </section>
      <section className="knowledge-read" aria-label={t("knowledge.article")}>
        {shown ? (
          <Reading key={shown} id={shown} />
        ) : (
          <p className="quiet">{t("knowledge.hint")}</p>
        )}
      </section>
    </div>
  );
}

export function Hits(props: {
  hits: readonly Hit[];
  open: string | undefined;
  choose: (article: string) => void;
}) {
  return (
    <ol className="hits">
      {props.hits.map((hit) => (
        <li key={hit.article}>
          <button
            type="button"
            lang={hit.language}
            data-hit={hit.article}
            aria-pressed={hit.article === props.open}
            onClick={() => props.choose(hit.article)}
          >
            <b>{hit.title}</b>
            <span>{hit.excerpt}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}
