// Call somebody: a number typed as people write it.

import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Cap } from "../keys/Cap";
import { useKey } from "../keys/keys";
import type { AgentLine } from "../live/floor";
import { useIsLive } from "../live/hooks";
import { mayDial, useDial } from "./talk";

export function Dial({ line }: { line: AgentLine }) {
  const { t } = useTranslation();
  const live = useIsLive();
  const [number, setNumber] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const { mutate, isPending } = useDial(line.id);
  const may = live && mayDial(line.state);
  useKey("D", t("dial.number"), () => field.current?.focus(), may);
  if (!mayDial(line.state)) return null;
  function call(event: FormEvent) {
    event.preventDefault();
    if (number.trim()) mutate(number, { onSuccess: () => setNumber("") });
  }
  return (
    <form className="dial" onSubmit={call}>
      <TextInput
        ref={field}
        type="tel"
        aria-label={t("dial.number")}
        placeholder={t("dial.number")}
        value={number}
        maxLength={30}
        autoComplete="off"
        onChange={(event) => setNumber(event.currentTarget.value)}
      />
      <Button
        type="submit"
        variant="default"
        rightSection={<Cap cap="D" />}
        disabled={!may || !number.trim()}
        loading={isPending}
      >
        {t("dial.call")}
      </Button>
    </form>
  );
}
