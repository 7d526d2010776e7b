// Sampling plans: how much of which talks is reviewed, by whom. The house draws from each day's talks
// by itself; here one draws from a month's at once.

import { Button, NumberInput, Select, TagsInput, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, type Schema, told } from "../api/client";
import { named } from "../i18n";
import { useFloor } from "../live/hooks";
import { useSession } from "../session/session";
import { nameIn, useForms } from "./quality";

type Plan = Schema["Plan"];
const DAY_S = 86_400;
const DAYS = 30;

export function Plans() {
  const { t } = useTranslation();
  const session = useSession();
  const forms = useForms().data?.forms ?? [];
  const { data } = useQuery({
    queryKey: ["scoring", "plans"],
    queryFn: () => told(api.GET("/api/v1/scoring/plans")),
  });
  const plans = data?.plans ?? [];
  const admin = session.roles.includes("admin");
  return (
    <section>
      <h1>{t("quality.part.plans")}</h1>
      <p className="quiet">{t("quality.daily")}</p>
      <ul className="quality-results" id="plans">
        {plans.map((plan) => (
          <li key={plan.id} data-plan={plan.id}>
            <p className="quality-line">
              <b>{plan.id}</b>
              <span>
                {t("quality.planSays", {
                  share: Math.round(1000 * (plan.share ?? 0.02)) / 10,
                  form: nameIn(forms.find((one) => one.id === plan.form)?.names ?? {}, plan.form),
                  who: plan.reviewers.join(t("comma")),
                })}
              </span>
              <Draw plan={plan} />
            </p>
          </li>
        ))}
      </ul>
      {admin && forms.length === 0 && <p className="quiet">{t("quality.formFirst")}</p>}
      {admin && forms.length > 0 && <Edit plans={plans} forms={forms} />}
    </section>
  );
}

function Draw({ plan }: { plan: Plan }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: () => {
      const until = Math.ceil(Date.now() / 1000);
      const period = new Date().toISOString().slice(0, 10);
      return told(
        api.POST("/api/v1/scoring/plans/{id}/draw", {
          params: { path: { id: plan.id } },
          body: { period: `${period}-by-hand`, since: until - DAYS * DAY_S, until },
        }),
      );
    },
    onSuccess: ({ new: count }) => {
      notifications.show({ message: t("quality.drawn", { count }) });
      void queries.invalidateQueries({ queryKey: ["scoring"] });
    },
    onError: (error) => notifications.show({ color: "red", message: error.message }),
  });
  return (
    <Button variant="default" size="xs" loading={isPending} onClick={() => mutate()}>
      {t("quality.draw", { days: DAYS })}
    </Button>
  );
}

const percent = (share: number) => Math.round(1000 * share) / 10;

function Edit({ plans, forms }: { plans: Plan[]; forms: Schema["ScoreForm"][] }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const queues = useFloor((floor) => floor.queues);
  const [plan, setPlan] = useState<Plan>({
    id: "",
    form: forms[0]?.id ?? "",
    share: 0.02,
    double_share: 0.1,
    queues: [],
    longer_s: 20,
    reviewers: [],
    seed: crypto.randomUUID(),
  });
  const known = plans.find((one) => one.id === plan.id);
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => told(api.PUT("/api/v1/scoring/plans", { body: plan })),
    onSuccess: () => {
      notifications.show({ message: t("quality.saved") });
      void queries.invalidateQueries({ queryKey: ["scoring", "plans"] });
    },
  });
  const number = (name: "share" | "double_share", label: string) => (
    <NumberInput
      label={label}
      suffix=" %"
      min={name === "share" ? 0.1 : 0}
      max={100}
      value={percent(plan[name] ?? 0)}
      onChange={(value) => setPlan({ ...plan, [name]: Number(value) / 100 })}
    />
  );
  return (
    <form
      className="quality-edit"
      id="plan"
      onSubmit={(event) => {
        event.preventDefault();
        mutate();
      }}
    >
      <h2>{known ? t("quality.planChange") : t("quality.planNew")}</h2>
      <TextInput
        label={t("quality.planId")}
        description={t("quality.idHint")}
        required
        pattern="[a-z0-9][a-z0-9_\-]*"
        maxLength={40}
        value={plan.id}
        onChange={(event) => {
          const id = event.currentTarget.value;
          setPlan(plans.find((one) => one.id === id) ?? { ...plan, id });
        }}
      />
      <Select
        label={t("quality.form")}
        allowDeselect={false}
        data={forms.map((one) => ({ value: one.id, label: nameIn(one.names, one.id) }))}
        value={plan.form}
        onChange={(form) => setPlan({ ...plan, form: form ?? plan.form })}
      />
      {number("share", t("quality.share"))}
      {number("double_share", t("quality.doubleShare"))}
      <NumberInput
        label={t("quality.longer")}
        min={0}
        max={3600}
        value={plan.longer_s ?? 20}
        onChange={(value) => setPlan({ ...plan, longer_s: Number(value) })}
      />
      <TagsInput
        label={t("quality.queues")}
        description={t("quality.everyQueue")}
        data={[...queues.values()].map((one) => ({
          value: one.id,
          label: named(one.names, one.id),
        }))}
        value={[...(plan.queues ?? [])]}
        onChange={(chosen) => setPlan({ ...plan, queues: chosen })}
      />
      <Reviewers
        value={[...plan.reviewers]}
        choose={(reviewers) => setPlan({ ...plan, reviewers })}
      />
      {error && (
        <p role="alert" className="wrong">
          {error instanceof Refused ? error.message : t("unreachable")}
        </p>
      )}
      <Button type="submit" disabled={plan.reviewers.length === 0} loading={isPending}>
        {t("quality.save")}
      </Button>
    </form>
  );
}

/** By what they type at log-in; an admin is shown who may. */
export function Reviewers({
  value,
  choose,
}: {
  value: string[];
  choose: (chosen: string[]) => void;
}) {
  const { t } = useTranslation();
  const admin = useSession().roles.includes("admin");
  const { data } = useQuery({
    queryKey: ["people"],
    enabled: admin,
    queryFn: () => told(api.GET("/api/v1/people")),
  });
  const may = (data?.people ?? []).filter(
    (one) => one.active && one.roles.some((role) => role === "supervisor" || role === "admin"),
  );
  return (
    <TagsInput
      label={t("quality.reviewers")}
      description={t("quality.reviewersHint")}
      data={may.map((one) => one.id)}
      value={value}
      onChange={choose}
    />
  );
}
