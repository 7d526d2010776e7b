// An article being written. What was typed stays until it is kept; who saves second sees the other's.

import { Button, MultiSelect, NativeSelect, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Refused } from "../api/client";
import { language, named } from "../i18n";
import { useFloor } from "../live/hooks";
import { useSession } from "../session/session";
import { type Article, useDraft, useKeep, useRetire, type Written } from "./knowledge";

const FIELDS = ["title", "body", "keywords", "queues", "owner"];

export function Writing({ id, close }: { id: string; close: () => void }) {
  const { data } = useDraft(id);
  const me = useSession().person;
  if (id && !data) return null;
  return <Form key={data?.id ?? "new"} article={data} me={me} close={close} />;
}

function Form(props: { article: Article | undefined; me: string; close: () => void }) {
  const { t } = useTranslation();
  const { article, me, close } = props;
  const queues = [...useFloor((floor) => floor.queues).values()];
  const [now, setNow] = useState<Written>(() => begin(article, me));
  const [over, setOver] = useState(article?.latest.number ?? 0);
  const { mutateAsync, error, isPending, reset } = useKeep();
  const retire = useRetire();
  const refused = error instanceof Refused ? error : undefined;
  const stale =
    refused?.code === "article_changed" ? (refused.now as Article["latest"]) : undefined;
  const wrong = (field: string) => (refused?.field === `$.${field}` ? refused.message : undefined);
  const keep = (publish: boolean) =>
    void mutateAsync({ id: article?.id ?? "", over, body: now, publish })
      .then(close)
      .catch(() => undefined);
  return (
    <form
      className="writing"
      onSubmit={(event) => {
        event.preventDefault();
        keep(false);
      }}
    >
      <TextInput
        id="article-title"
        label={t("knowledge.title")}
        maxLength={120}
        required
        value={now.title}
        error={wrong("title")}
        onChange={(event) => setNow({ ...now, title: event.currentTarget.value })}
      />
      <Textarea
        id="article-body"
        label={t("knowledge.body")}
        description={t("knowledge.bodyHint")}
        autosize
        minRows={10}
        maxRows={24}
        maxLength={20_000}
        required
        value={now.body}
        error={wrong("body")}
        onChange={(event) => setNow({ ...now, body: event.currentTarget.value })}
      />
      <div className="writing-row">
        <NativeSelect
          label={t("knowledge.language")}
          value={now.language}
          data={(["zh-CN", "en"] as const).map((value) => ({
            value,
            label: t(`language.${value}`),
          }))}
          onChange={(event) =>
            setNow({ ...now, language: event.currentTarget.value as Written["language"] })
          }
        />
        <TagsInput
          label={t("knowledge.keywords")}
          description={t("knowledge.keywordsHint")}
          maxTags={30}
          value={[...now.keywords]}
          error={wrong("keywords")}
          onChange={(keywords) => setNow({ ...now, keywords })}
        />
        <MultiSelect
          label={t("knowledge.queues")}
          description={t("knowledge.queuesHint")}
          data={queues.map((queue) => ({ value: queue.id, label: named(queue.names, queue.id) }))}
          value={[...now.queues]}
          onChange={(chosen) => setNow({ ...now, queues: chosen })}
        />
        <TextInput
          label={t("knowledge.owner")}
          value={now.owner}
          error={wrong("owner")}
          onChange={(event) => setNow({ ...now, owner: event.currentTarget.value })}
        />
        <TextInput
          type="date"
          label={t("knowledge.reviewAt")}
          value={asDay(now.review_at)}
          onChange={(event) => setNow({ ...now, review_at: asMoment(event.currentTarget.value) })}
        />
      </div>
      {stale && (
        <section className="conflict">
          <h2>{t("knowledge.changed", { by: stale.by, n: stale.number })}</h2>
          <b>{stale.wording.title}</b>
          <pre className="difference">{stale.wording.body}</pre>
          <Button
            variant="default"
            onClick={() => {
              setOver(stale.number);
              reset();
            }}
          >
            {t("knowledge.overIt")}
          </Button>
        </section>
      )}
      {error && !stale && !FIELDS.some((field) => wrong(field)) && (
        <p className="wrong" role="alert">
          {refused?.message ?? t("unreachable")}
        </p>
      )}
      <div className="person-acts">
        <Button id="publish-article" loading={isPending} onClick={() => keep(true)}>
          {t("knowledge.publish")}
        </Button>
        <Button id="keep-article" type="submit" variant="default" disabled={isPending}>
          {t("knowledge.keepDraft")}
        </Button>
        {article?.state === "in_force" && (
          <Button
            id="retire-article"
            variant="default"
            color="red"
            onClick={() => void retire.mutateAsync(article.id).then(close)}
          >
            {t("knowledge.retire")}
          </Button>
        )}
        <Button variant="subtle" onClick={close}>
          {t("close")}
        </Button>
      </div>
    </form>
  );
}

function begin(article: Article | undefined, me: string): Written {
  if (!article) {
    const nothing = { title: "", body: "", keywords: [], queues: [], review_at: null };
    return { ...nothing, language: language(), owner: me };
  }
  return { ...article.latest.wording, owner: article.owner, review_at: article.review_at };
}

function asDay(at: number | null): string {
  return at === null ? "" : new Date(at * 1000).toISOString().slice(0, 10);
}

function asMoment(day: string): number | null {
  return day === "" ? null : Date.parse(day) / 1000;
}
