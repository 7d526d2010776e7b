// One article as callers are answered with it: read, judged, remarked on.

import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Refused } from "../api/client";
import { useNow } from "../live/hooks";
import { moment } from "../look/moment";
import { useArticle, useRemark, useVerdict, type Verdict } from "./knowledge";

const VERDICTS: readonly Verdict[] = ["helped", "did_not"];

export function Reading(props: { id: string; call?: string; ticket?: string | undefined }) {
  const { t } = useTranslation();
  const now = useNow();
  const { data, error } = useArticle(props.id);
  if (error) {
    return (
      <p className="wrong" role="alert">
        {error instanceof Refused ? error.message : t("unreachable")}
      </p>
    );
  }
  if (!data) return <p className="quiet">{t("knowledge.loading")}</p>;
  const { wording } = data;
  return (
    <article className="article" lang={wording.language} data-article={props.id}>
      <h2>{wording.title}</h2>
      <p className="quiet">
        {t("knowledge.version", { n: data.number, by: data.by, at: moment(data.at, now) })}
      </p>
      {wording.body.split(/\n+/).map((paragraph, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: paragraphs of a version never change
        <p key={at}>{paragraph}</p>
      ))}
      <Judging {...props} />
      <Remarking id={props.id} />
    </article>
  );
}

function Judging(props: { id: string; call?: string; ticket?: string | undefined }) {
  const { t } = useTranslation();
  const { mutate, data, error, isPending } = useVerdict(props.id);
  const { call, ticket } = props;
  return (
    <fieldset className="article-verdict">
      <legend>{t("knowledge.didItHelp")}</legend>
      {VERDICTS.map((verdict) => (
        <Button
          key={verdict}
          size="compact-md"
          variant={data?.verdict === verdict ? "filled" : "default"}
          aria-pressed={data?.verdict === verdict}
          disabled={isPending}
          onClick={() => mutate({ verdict, ticket, ...(call ? { call } : {}) })}
        >
          {t(`knowledge.verdict.${verdict}`)}
        </Button>
      ))}
      {error && (
        <span className="wrong" role="alert">
          {error instanceof Refused ? error.message : t("unreachable")}
        </span>
      )}
    </fieldset>
  );
}

function Remarking({ id }: { id: string }) {
  const { t } = useTranslation();
  const [text, setText] = useState<string>();
  const { mutate, isPending, isSuccess, error } = useRemark(id);
  if (isSuccess) return <p role="status">{t("knowledge.told")}</p>;
  if (text === undefined) {
    return (
      <Button variant="subtle" size="compact-md" onClick={() => setText("")}>
        {t("knowledge.tellOwner")}
      </Button>
    );
  }
  return (
    <form
      className="article-remark"
      onSubmit={(event) => {
        event.preventDefault();
        mutate(text);
      }}
    >
      <Textarea
        label={t("knowledge.wrongOrMissing")}
        autosize
        minRows={2}
        maxLength={2_000}
        required
        data-autofocus
        value={text}
        error={error && (error instanceof Refused ? error.message : t("unreachable"))}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" loading={isPending} disabled={text.trim() === ""}>
        {t("knowledge.tell")}
      </Button>
    </form>
  );
}
