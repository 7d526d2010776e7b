// The short form: what came of it. What was typed stays until it is kept.

import { Button, Radio, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, told } from "../api/client";
import { ENDINGS, type Ending, LIST, type Standing } from "./followUps";

const SCORES = ["1", "2", "3", "4", "5"];

export function Ended({ standing, close }: { standing: Standing; close: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { task } = standing.follow_up;
  const [ending, setEnding] = useState<Ending>("complete");
  const [solved, setSolved] = useState("");
  const [score, setScore] = useState("");
  const [opinion, setOpinion] = useState("");
  const whole = ending === "complete";
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      told(
        api.POST("/api/v1/follow-ups/{id}/end", {
          params: { path: { id: `${task.id}` } },
          body: {
            version: task.version,
            ending,
            solved: whole && solved ? solved === "yes" : null,
            score: whole && score ? Number(score) : null,
            opinion,
          },
        }),
      ),
    onSuccess: close,
    onSettled: () => queries.invalidateQueries({ queryKey: [LIST] }),
  });
  const refused = error instanceof Refused ? error : null;
  const beside = (field: string) => (refused?.field === field ? refused.message : undefined);
  return (
    <form
      className="follow-form"
      aria-label={t("followUps.write")}
      onSubmit={(event) => {
        event.preventDefault();
        mutate();
      }}
    >
      <Radio.Group
        label={t("followUps.came")}
        value={ending}
        onChange={(value) => setEnding(value as Ending)}
      >
        <div className="follow-choices">
          {ENDINGS.map((one) => (
            <Radio key={one} value={one} label={t(`followUps.ending.${one}`)} />
          ))}
        </div>
      </Radio.Group>
      {whole && (
        <>
          <Radio.Group
            label={t("followUps.solved")}
            value={solved}
            onChange={setSolved}
            error={beside("solved")}
          >
            <div className="follow-choices">
              <Radio value="yes" label={t("followUps.yes")} />
              <Radio value="no" label={t("followUps.no")} />
            </div>
          </Radio.Group>
          <Radio.Group
            label={t("followUps.score")}
            value={score}
            onChange={setScore}
            error={beside("score")}
          >
            <div className="follow-choices">
              {SCORES.map((one) => (
                <Radio key={one} value={one} label={one} />
              ))}
            </div>
          </Radio.Group>
        </>
      )}
      <Textarea
        label={t("followUps.opinion")}
        value={opinion}
        maxLength={4_000}
        autosize
        minRows={2}
        onChange={(event) => setOpinion(event.currentTarget.value)}
      />
      {error && !(refused?.field === "solved" || refused?.field === "score") && (
        <p role="alert" className="wrong">
          {refused ? refused.message : t("unreachable")}
        </p>
      )}
      <p className="follow-choices">
        <Button type="submit" data-do="save" loading={isPending}>
          {t("followUps.save")}
        </Button>
        <Button variant="default" onClick={close}>
          {t("followUps.leave")}
        </Button>
      </p>
    </form>
  );
}
