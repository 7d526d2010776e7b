// Score forms: sections that weigh, questions with points, and those that are fatal. A change is a
// new version; reviews begun keep theirs.

import { Button, Checkbox, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, told } from "../api/client";
import { useSession } from "../session/session";
import { nameIn, type ScoreForm, useForms } from "./quality";

type Section = ScoreForm["sections"][number];
type Question = Section["questions"][number];
const BOTH = ["zh-CN", "en"] as const;

function freshQuestion(form?: ScoreForm): Question {
  const count = form?.sections.flatMap((one) => one.questions).length ?? 0;
  return { id: `q${count + 1}`, text: { "zh-CN": "", en: "" }, points: 5, fatal: false };
}

function fresh(): ScoreForm {
  const names = { "zh-CN": "", en: "" };
  const sections = [{ names, weight: 1, questions: [freshQuestion()] }];
  return { id: "", names, sections, agree_within: 10, low_below: 60 };
}

export function Forms() {
  const { t } = useTranslation();
  const { data } = useForms();
  const [chosen, setChosen] = useState("");
  const forms = data?.forms ?? [];
  const form = forms.find((one) => one.id === chosen);
  return (
    <section>
      <h1>{t("quality.part.forms")}</h1>
      <NativeSelect
        className="quality-which"
        label={t("quality.form")}
        value={chosen}
        data={[
          { value: "", label: t("quality.formNew") },
          ...forms.map((one) => ({ value: one.id, label: nameIn(one.names, one.id) })),
        ]}
        onChange={(event) => setChosen(event.currentTarget.value)}
      />
      {data && <Edit key={chosen} known={form} saved={setChosen} />}
    </section>
  );
}

function Edit({ known, saved }: { known: ScoreForm | undefined; saved: (id: string) => void }) {
  const { t } = useTranslation();
  const admin = useSession().roles.includes("admin");
  const queries = useQueryClient();
  const [form, setForm] = useState<ScoreForm>(known ?? fresh);
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => told(api.PUT("/api/v1/scoring/forms", { body: filled(form) })),
    onSuccess: async () => {
      notifications.show({ message: t("quality.saved") });
      await queries.invalidateQueries({ queryKey: ["scoring", "forms"] });
      saved(form.id);
    },
  });
  const setSection = (place: number, section: Section | null) => {
    const sections = form.sections.flatMap((one, at) =>
      at === place ? (section ? [section] : []) : [one],
    );
    setForm({ ...form, sections });
  };
  return (
    <form
      className="quality-form"
      onSubmit={(event) => {
        event.preventDefault();
        mutate();
      }}
    >
      <fieldset disabled={!admin}>
        <div className="facts-row">
          {!known && (
            <TextInput
              label={t("quality.formId")}
              description={t("quality.idHint")}
              required
              pattern="[a-z0-9][a-z0-9_\-]*"
              maxLength={40}
              value={form.id}
              onChange={(event) => setForm({ ...form, id: event.currentTarget.value })}
            />
          )}
          <Names
            label={t("quality.formName")}
            names={form.names}
            change={(names) => setForm({ ...form, names })}
          />
          <NumberInput
            label={t("quality.agreeWithin")}
            min={0}
            max={100}
            value={form.agree_within ?? 10}
            onChange={(value) => setForm({ ...form, agree_within: Number(value) })}
          />
          <NumberInput
            label={t("quality.lowBelow")}
            min={0}
            max={100}
            value={form.low_below ?? 60}
            onChange={(value) => setForm({ ...form, low_below: Number(value) })}
          />
        </div>
        {form.sections.map((section, place) => (
          <OneSection
            // biome-ignore lint/suspicious/noArrayIndexKey: its name is being typed.
            key={place}
            number={place + 1}
            section={section}
            form={form}
            change={(changed) => setSection(place, changed)}
          />
        ))}
        {error && (
          <p role="alert" className="wrong">
            {error instanceof Refused ? error.message : t("unreachable")}
          </p>
        )}
        {admin && (
          <div className="recordings-go">
            <Button
              variant="default"
              onClick={() => {
                const names = { "zh-CN": "", en: "" };
                const added = { names, weight: 1, questions: [freshQuestion(form)] };
                setForm({ ...form, sections: [...form.sections, added] });
              }}
            >
              {t("quality.sectionNew")}
            </Button>
            <Button type="submit" loading={isPending}>
              {t("quality.save")}
            </Button>
          </div>
        )}
      </fieldset>
    </form>
  );
}

function OneSection({
  number,
  section,
  form,
  change,
}: {
  number: number;
  section: Section;
  form: ScoreForm;
  change: (section: Section | null) => void;
}) {
  const { t } = useTranslation();
  const setQuestion = (place: number, question: Question | null) => {
    const questions = section.questions.flatMap((one, at) =>
      at === place ? (question ? [question] : []) : [one],
    );
    change({ ...section, questions });
  };
  return (
    <fieldset className="quality-section" data-section={number}>
      <legend>{t("quality.section", { number })}</legend>
      <div className="facts-row">
        <Names
          label={t("quality.sectionName")}
          names={section.names}
          change={(names) => change({ ...section, names })}
        />
        <NumberInput
          label={t("quality.weight")}
          min={1}
          max={1000}
          value={section.weight ?? 1}
          onChange={(value) => change({ ...section, weight: Number(value) })}
        />
      </div>
      {section.questions.map((one, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: its text is being typed.
        <div key={place} className="facts-row quality-question" data-question={one.id}>
          <Names
            label={t("quality.question")}
            names={one.text}
            change={(text) => setQuestion(place, { ...one, text })}
          />
          <NumberInput
            label={t("quality.points")}
            min={1}
            max={100}
            value={one.points ?? 5}
            onChange={(value) => setQuestion(place, { ...one, points: Number(value) })}
          />
          <Checkbox
            label={t("quality.fatal")}
            checked={one.fatal ?? false}
            onChange={(event) => setQuestion(place, { ...one, fatal: event.currentTarget.checked })}
          />
          {section.questions.length > 1 && (
            <Button variant="subtle" color="red" onClick={() => setQuestion(place, null)}>
              {t("quality.takeAway")}
            </Button>
          )}
        </div>
      ))}
      <div className="recordings-go">
        <Button
          variant="default"
          size="xs"
          onClick={() =>
            change({ ...section, questions: [...section.questions, freshQuestion(form)] })
          }
        >
          {t("quality.questionNew")}
        </Button>
        {form.sections.length > 1 && (
          <Button variant="subtle" color="red" size="xs" onClick={() => change(null)}>
            {t("quality.sectionAway")}
          </Button>
        )}
      </div>
    </fieldset>
  );
}

function Names({
  label,
  names,
  change,
}: {
  label: string;
  names: Record<string, string>;
  change: (names: Record<string, string>) => void;
}) {
  const { t } = useTranslation();
  return BOTH.map((tag) => (
    <TextInput
      key={tag}
      label={`${label} (${t(`quality.in.${tag}`)})`}
      maxLength={200}
      required={tag === "zh-CN" && !names.en}
      value={names[tag] ?? ""}
      onChange={(event) => change({ ...names, [tag]: event.currentTarget.value })}
    />
  ));
}

/** A language without a word is none. */
function filled(form: ScoreForm): ScoreForm {
  const some = (names: Record<string, string>) =>
    Object.fromEntries(Object.entries(names).filter(([, name]) => name.trim()));
  return {
    ...form,
    names: some(form.names),
    sections: form.sections.map((section) => ({
      ...section,
      names: some(section.names),
      questions: section.questions.map((one) => ({ ...one, text: some(one.text) })),
    })),
  };
}
