// An agent's skills for now: levels in place of the plan's, until the plan's are wanted again.

import { Button, Group, Modal, NumberInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, type Schema, told } from "../api/client";
import { useSay } from "../desktop/actions";
import type { AgentLine } from "../live/floor";

const HIGHEST = 10;

export function Skills({ line, close }: { line: AgentLine; close: () => void }) {
  const { t } = useTranslation();
  const { data, error } = useQuery({
    queryKey: ["skills", line.id],
    gcTime: 0,
    queryFn: () =>
      told(api.GET("/api/v1/agents/{id}/skills", { params: { path: { id: line.id } } })),
  });
  return (
    <Modal
      opened
      onClose={close}
      title={t("board.skillsOf", { name: line.name || line.id })}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      {error && (
        <p role="alert" className="wrong">
          {error instanceof Refused ? error.message : t("unreachable")}
        </p>
      )}
      {data && <Levels line={line} skills={data} close={close} />}
    </Modal>
  );
}

function Levels(props: { line: AgentLine; skills: Schema["SkillsOfAgent"]; close: () => void }) {
  const { t } = useTranslation();
  const { line, skills, close } = props;
  const [levels, setLevels] = useState<Record<string, number>>({
    ...(skills.now ?? skills.planned),
  });
  const { mutate, isPending } = useSay(line.id);
  const say = (wanted: Record<string, number> | null) =>
    mutate({ say: "skills", skills: wanted }, { onSuccess: close });
  const names = [...new Set([...skills.known, ...Object.keys(levels)])].sort();
  return (
    <form
      id="skills"
      onSubmit={(event) => {
        event.preventDefault();
        say(Object.fromEntries(Object.entries(levels).filter(([, level]) => level > 0)));
      }}
    >
      {names.length === 0 && <p className="quiet">{t("board.noSkills")}</p>}
      {names.map((name) => (
        <NumberInput
          key={name}
          label={name}
          description={t("board.planned", { level: skills.planned[name] ?? 0 })}
          min={0}
          max={HIGHEST}
          clampBehavior="strict"
          allowDecimal={false}
          value={levels[name] ?? 0}
          onChange={(value) => setLevels({ ...levels, [name]: Number(value) || 0 })}
        />
      ))}
      <Group justify="flex-end" mt="md">
        <Button variant="default" disabled={!skills.now || isPending} onClick={() => say(null)}>
          {t("board.asPlanned")}
        </Button>
        <Button type="submit" loading={isPending}>
          {t("board.saveSkills")}
        </Button>
      </Group>
    </form>
  );
}
