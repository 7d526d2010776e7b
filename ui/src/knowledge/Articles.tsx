// All articles of those who write them: by state, and what is to be read again.

import { Button, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNow } from "../live/hooks";
import { day } from "../look/moment";
import { type Article, type ArticleState, useArticles } from "./knowledge";
import { Writing } from "./Writing";

const SHOWN = ["all", "in_force", "draft", "retired", "review"] as const;
type Shown = (typeof SHOWN)[number];

export function Articles() {
  const { t } = useTranslation();
  const [shown, setShown] = useState<Shown>("all");
  const [edited, setEdited] = useState<string>();
  const [today] = useState(() => Math.ceil(Date.now() / 1000));
  const state: ArticleState | null = shown === "all" || shown === "review" ? null : shown;
  const { data } = useArticles(state, shown === "review" ? today : null);
  if (edited !== undefined) {
    return <Writing key={edited} id={edited} close={() => setEdited(undefined)} />;
  }
  return (
    <section className="knowledge-list">
      <div className="knowledge-head">
        <SegmentedControl
          aria-label={t("knowledge.shown.title")}
          value={shown}
          data={SHOWN.map((value) => ({ value, label: t(`knowledge.shown.${value}`) }))}
          onChange={(value) => setShown(value as Shown)}
        />
        <Button id="new-article" onClick={() => setEdited("")}>
          {t("knowledge.write")}
        </Button>
      </div>
      {data?.articles.length === 0 && <p className="quiet">{t("knowledge.none")}</p>}
      {data !== undefined && data.articles.length > 0 && (
        <Lines articles={data.articles} edit={setEdited} />
      )}
    </section>
  );
}

function Lines(props: { articles: readonly Article[]; edit: (id: string) => void }) {
  const { t } = useTranslation();
  const now = useNow();
  return (
    <table className="lines">
      <thead>
        <tr>
          <th scope="col">{t("knowledge.title")}</th>
          <th scope="col">{t("knowledge.stateIs")}</th>
          <th scope="col">{t("knowledge.owner")}</th>
          <th scope="col">{t("knowledge.reviewAt")}</th>
          <th scope="col">{t("knowledge.opened")}</th>
          <th scope="col">{t("knowledge.used")}</th>
          <th scope="col">{t("knowledge.helped")}</th>
        </tr>
      </thead>
      <tbody>
        {props.articles.map((article) => {
          const { tally } = article;
          const waits = article.published !== null && article.published < article.latest.number;
          return (
            <tr key={article.id} data-article={article.id}>
              <td>
                <button type="button" className="as-link" onClick={() => props.edit(article.id)}>
                  {article.latest.wording.title}
                </button>
              </td>
              <td>
                {t(`knowledge.state.${article.state}`)}
                {waits && ` · ${t("knowledge.draftWaits")}`}
              </td>
              <td>{article.owner}</td>
              <td data-late={article.review_at !== null && article.review_at < now}>
                {article.review_at === null ? "–" : day(article.review_at)}
              </td>
              <td>{tally.opened}</td>
              <td>{tally.used}</td>
              <td>
                {tally.helped + tally.did_not === 0
                  ? "–"
                  : `${tally.helped} / ${tally.helped + tally.did_not}`}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
