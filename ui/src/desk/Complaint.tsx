// A complaint's way, each step with who and when, and the one that is next.

import { Button, NativeSelect, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, type Schema, told } from "../api/client";
import { named } from "../i18n";
import { useNow } from "../live/hooks";
import { moment } from "../look/moment";
import { useDepartments } from "./tickets";

type Line = Schema["ComplaintLine"];
type Step = Line["may"][number];
export const CATEGORIES = [
  "product_quality",
  "service_quality",
  "after_sales",
  "price",
  "other",
] as const;
const WORDLESS: readonly Step[] = ["accept", "classify", "assign", "archive"];

export function Complaint({ ticket }: { ticket: string }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const path = { params: { path: { id: ticket } } };
  const { data } = useQuery({
    queryKey: ["complaint", ticket],
    retry: false,
    queryFn: async (): Promise<Line | null> => {
      try {
        return await told(api.GET("/api/v1/tickets/{id}/complaint", path));
      } catch (error) {
        if (error instanceof Refused && error.status === 404) return null;
        throw error;
      }
    },
  });
  const begin = useMutation({
    mutationFn: () => told(api.POST("/api/v1/tickets/{id}/complaint", path)),
    onSuccess: (line) => {
      queries.setQueryData(["complaint", ticket], line);
      void queries.invalidateQueries({ queryKey: ["ticket", ticket] });
    },
  });
  if (data === undefined) return null;
  if (data === null) {
    return (
      <Button id="complain" variant="default" onClick={() => begin.mutate()}>
        {t("complaint.begin")}
      </Button>
    );
  }
  return <Way ticket={ticket} line={data} />;
}

function Way({ ticket, line }: { ticket: string; line: Line }) {
  const { t } = useTranslation();
  const now = useNow();
  const { complaint, may } = line;
  return (
    <section className="desk-box" id="complaint" aria-labelledby="complaint-title">
      <h2 id="complaint-title">
        {t("complaint.title")}{" "}
        <span className="chip" id="complaint-state" data-state={complaint.state}>
          {t(`complaint.state.${complaint.state}`)}
        </span>
      </h2>
      {complaint.category && <p>{t(`complaint.category.${complaint.category}`)}</p>}
      <ol className="steps">
        {complaint.steps.map((one) => (
          <li key={`${one.at}${one.step}`}>
            <b>{t(`complaint.step.${one.step}`)}</b>{" "}
            <span className="quiet">
              {one.who}, {moment(one.at, now)}
            </span>
            {one.text && <p className="entry-text">{one.text}</p>}
          </li>
        ))}
      </ol>
      {may.length > 0 && (
        <Next key={complaint.version} ticket={ticket} version={complaint.version} may={may} />
      )}
    </section>
  );
}

function Next(props: { ticket: string; version: number; may: readonly Step[] }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const departments = useDepartments();
  const [step, setStep] = useState(props.may[0] as Step);
  const [text, setText] = useState("");
  const [category, setCategory] = useState<(typeof CATEGORIES)[number]>("product_quality");
  const [chosen, setDepartment] = useState("");
  const department = chosen || departments[0]?.id || "";
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      told(
        api.POST("/api/v1/tickets/{id}/complaint/steps", {
          params: { path: { id: props.ticket } },
          body: {
            version: props.version,
            step,
            text: text.trim(),
            category: step === "classify" ? category : null,
            department: step === "assign" ? department : "",
            assignee: "",
          },
        }),
      ),
    onSuccess: (line) => {
      queries.setQueryData(["complaint", props.ticket], line);
      void queries.invalidateQueries({ queryKey: ["ticket", props.ticket] });
    },
    onError: (failed) => {
      if (failed instanceof Refused && failed.status === 412) {
        void queries.invalidateQueries({ queryKey: ["complaint", props.ticket] });
      }
    },
  });
  return (
    <form
      className="say"
      onSubmit={(event) => {
        event.preventDefault();
        mutate();
      }}
    >
      <NativeSelect
        id="step"
        label={t("complaint.next")}
        value={step}
        data={props.may.map((value) => ({ value, label: t(`complaint.step.${value}`) }))}
        onChange={(event) => setStep(event.currentTarget.value as Step)}
      />
      {step === "classify" && (
        <NativeSelect
          id="category"
          label={t("complaint.categoryOf")}
          value={category}
          data={CATEGORIES.map((value) => ({ value, label: t(`complaint.category.${value}`) }))}
          onChange={(event) =>
            setCategory(event.currentTarget.value as (typeof CATEGORIES)[number])
          }
        />
      )}
      {step === "assign" && (
        <NativeSelect
          id="complaint-department"
          label={t("desk.department")}
          value={department}
          data={departments.map((one) => ({ value: one.id, label: named(one.names, one.id) }))}
          onChange={(event) => setDepartment(event.currentTarget.value)}
        />
      )}
      {!WORDLESS.includes(step) && (
        <Textarea
          id="step-text"
          label={t("complaint.why")}
          autosize
          minRows={2}
          maxLength={8_000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      {error && (
        <p role="alert" className="wrong" id="step-refused">
          {error instanceof Refused ? error.message : t("unreachable")}
        </p>
      )}
      <div className="say-acts">
        <Button id="take-step" type="submit" loading={isPending}>
          {t(`complaint.step.${step}`)}
        </Button>
      </div>
    </form>
  );
}
