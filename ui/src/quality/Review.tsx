// One talk judged: the player beside the form. What is handed in stays.

import { Button, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { api, Refused, type Schema, told } from "../api/client";
import { Player } from "../recordings/Player";
import { useRecording } from "../recordings/Recording";
import { nameIn, type Points, type ScoreForm, total } from "./quality";

export function Review({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data, error } = useQuery({
    queryKey: ["scoring", "review", id],
    queryFn: () => told(api.GET("/api/v1/scoring/reviews/{id}", { params: { path: { id } } })),
  });
  return (
    <section>
      <p>
        <Link href="/quality">← {t("quality.part.reviews")}</Link>
      </p>
      {error && (
        <p role="alert" className="wrong">
          {error.message}
        </p>
      )}
      {data && (
        <>
          <h1>{nameIn(data.form.names, data.form.id)}</h1>
          <Talk recording={data.review.recording} />
          <Fill form={data.form} review={data.review} />
        </>
      )}
    </section>
  );
}

function Talk({ recording }: { recording: string }) {
  const { data, error } = useRecording(recording);
  if (error) return <p className="wrong">{error.message}</p>;
  return data ? <Player detail={data} /> : null;
}

function Fill({ form, review }: { form: ScoreForm; review: Schema["Review"] }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const done = review.done_at !== null;
  const [points, setPoints] = useState<Points>(review.answers ?? {});
  const [comment, setComment] = useState(review.comment ?? "");
  const { mutate, error, isPending } = useMutation({
    mutationFn: () =>
      told(
        api.PUT("/api/v1/scoring/reviews/{id}", {
          params: { path: { id: review.id } },
          body: { answers: points, comment },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["scoring"] });
      go("/quality");
    },
  });
  const missing = form.sections
    .flatMap((section) => section.questions)
    .filter((one) => points[one.id] === undefined).length;
  const sum = total(form, points);
  return (
    <form
      className="score-sheet"
      onSubmit={(event) => {
        event.preventDefault();
        mutate();
      }}
    >
      {form.sections.map((section, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a form does not change while it is filled.
        <fieldset key={place} disabled={done}>
          <legend>
            {nameIn(section.names)}{" "}
            <small className="quiet">{t("quality.weighs", { weight: section.weight ?? 1 })}</small>
          </legend>
          {section.questions.map((one) => (
            <Question
              key={one.id}
              question={one}
              value={points[one.id]}
              choose={(value) => setPoints({ ...points, [one.id]: value })}
            />
          ))}
        </fieldset>
      ))}
      <Textarea
        label={t("quality.comment")}
        maxLength={2000}
        autosize
        minRows={2}
        disabled={done}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      {error && (
        <p role="alert" className="wrong">
          {error instanceof Refused ? error.message : t("unreachable")}
        </p>
      )}
      <p className="score-sum" role="status">
        <b>{done ? review.score : sum.score}</b>{" "}
        {sum.fatal && <span className="wrong">{t("quality.fatalHit")}</span>}
        {missing > 0 && <span className="quiet">{t("quality.missing", { count: missing })}</span>}
      </p>
      {!done && (
        <Button type="submit" disabled={missing > 0} loading={isPending}>
          {t("quality.handIn")}
        </Button>
      )}
    </form>
  );
}

type Asked = ScoreForm["sections"][number]["questions"][number];

/** One key a choice: Tab to the question, arrows among the points. */
function Question({
  question,
  value,
  choose,
}: {
  question: Asked;
  value: number | null | undefined;
  choose: (value: number | null) => void;
}) {
  const { t } = useTranslation();
  const most = question.points ?? 5;
  const choices: (number | null)[] = [...steps(most), null];
  return (
    <div className="score-question" role="radiogroup" aria-labelledby={`q-${question.id}`}>
      <span id={`q-${question.id}`}>
        {nameIn(question.text, question.id)}
        {question.fatal && <em className="score-fatal">{t("quality.fatal")}</em>}
      </span>
      <span className="score-choices">
        {choices.map((one) => (
          <label key={String(one)}>
            <input
              type="radio"
              name={question.id}
              checked={value === one}
              onChange={() => choose(one)}
            />
            <span>{one === null ? t("quality.notApplies") : one}</span>
          </label>
        ))}
      </span>
    </div>
  );
}

/** At most eleven choices: a question worth more is scored in tenths of it. */
function steps(most: number): number[] {
  const count = Math.min(most, 10);
  return Array.from({ length: count + 1 }, (_, step) => Math.round((step * most) / count));
}
