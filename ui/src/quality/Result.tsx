// One result with the reviews behind it, side by side, and how far they are apart: for a dispute, for
// two who do not agree, and for a calibration.

import { Button, NumberInput, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api, Refused, type Schema, told } from "../api/client";
import { type Assessment, nameIn, useForms } from "./quality";

export function Result({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data, error } = useQuery({
    queryKey: ["scoring", "result", id],
    queryFn: () => told(api.GET("/api/v1/scoring/results/{id}", { params: { path: { id } } })),
  });
  return (
    <section>
      <p>
        <Link href="/quality/results">← {t("quality.part.results")}</Link>
      </p>
      {error && (
        <p role="alert" className="wrong">
          {error.message}
        </p>
      )}
      {data && <Shown data={data} />}
    </section>
  );
}

interface Behind {
  assessment: Assessment;
  reviews: Schema["Review"][];
  spread: { mean: number; least: number; most: number; questions: Record<string, number[]> };
}

function Shown({ data }: { data: Behind }) {
  const { t } = useTranslation();
  const { assessment, reviews, spread } = data;
  const decides = ["differs", "disputed"].includes(assessment.state);
  return (
    <>
      <h1>
        {t(`quality.kinds.${assessment.kind}`)} · {t(`quality.states.${assessment.state}`)}
      </h1>
      <p>
        <Link href={`/recordings/${assessment.recording}`}>{t("quality.listen")}</Link>
      </p>
      {assessment.dispute && (
        <blockquote className="quality-dispute">{assessment.dispute}</blockquote>
      )}
      {reviews.length === 0 ? (
        <p className="quiet">{t("quality.blind")}</p>
      ) : (
        <>
          <p className="quiet">
            {t("quality.spread", { mean: spread.mean, least: spread.least, most: spread.most })}
          </p>
          <Beside reviews={reviews} apart={spread.questions} />
        </>
      )}
      {decides && <Decide assessment={assessment} />}
    </>
  );
}

function Beside({
  reviews,
  apart,
}: {
  reviews: Schema["Review"][];
  apart: Behind["spread"]["questions"];
}) {
  const { t } = useTranslation();
  const form = useForms().data?.forms.find((one) => one.id === reviews[0]?.form);
  const texts = new Map(
    form?.sections.flatMap((section) =>
      section.questions.map((one) => [one.id, nameIn(one.text, one.id)] as const),
    ),
  );
  const asked = Object.keys(reviews[0]?.answers ?? {});
  return (
    <table className="lines" id="beside">
      <thead>
        <tr>
          <th scope="col">{t("quality.question")}</th>
          {reviews.map((one) => (
            <th scope="col" key={one.id}>
              {one.reviewer}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {asked.map((id) => (
          <tr key={id} data-apart={id in apart}>
            <th scope="row">{texts.get(id) ?? id}</th>
            {reviews.map((one) => (
              <td key={one.id}>{one.answers?.[id] ?? t("quality.notApplies")}</td>
            ))}
          </tr>
        ))}
        <tr>
          <th scope="row">{t("quality.score")}</th>
          {reviews.map((one) => (
            <td key={one.id}>
              <b>{one.score}</b>
            </td>
          ))}
        </tr>
        <tr>
          <th scope="row">{t("quality.comment")}</th>
          {reviews.map((one) => (
            <td key={one.id}>{one.comment}</td>
          ))}
        </tr>
      </tbody>
    </table>
  );
}

function Decide({ assessment }: { assessment: Assessment }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [why, setWhy] = useState("");
  const [score, setScore] = useState<number | "">("");
  const must = assessment.state === "differs";
  const { mutate, error, isPending } = useMutation({
    mutationFn: () =>
      told(
        api.POST("/api/v1/scoring/results/{id}/decision", {
          params: { path: { id: assessment.id } },
          body: { why, score: score === "" ? null : score },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["scoring"] }),
  });
  return (
    <form
      className="quality-decide"
      onSubmit={(event) => {
        event.preventDefault();
        mutate();
      }}
    >
      <NumberInput
        label={t("quality.newScore")}
        description={must ? undefined : t("quality.emptyStands")}
        required={must}
        min={0}
        max={100}
        value={score}
        onChange={(value) => setScore(value === "" ? "" : Number(value))}
      />
      <Textarea
        label={t("quality.decisionWhy")}
        required
        maxLength={2000}
        value={why}
        onChange={(event) => setWhy(event.currentTarget.value)}
        error={error instanceof Refused ? error.message : undefined}
      />
      <Button type="submit" disabled={!why.trim()} loading={isPending}>
        {t("quality.decide")}
      </Button>
    </form>
  );
}
