// The clocks stand still while the customer is waited for, with a cause.

import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Ticket, useChange } from "./tickets";

export function Hold({ ticket, doing }: { ticket: Ticket; doing: ReturnType<typeof useChange> }) {
  const { t } = useTranslation();
  const [cause, setCause] = useState("");
  const open = ticket.clocks.filter((one) => !one.stopped_at);
  if (open.length === 0) return null;
  if (open.every((one) => !one.since)) {
    return (
      <Button id="resume" variant="light" onClick={() => doing.change({ resume: true })}>
        {t("desk.resume")}
      </Button>
    );
  }
  return (
    <form
      className="hold"
      onSubmit={(event) => {
        event.preventDefault();
        if (cause.trim()) doing.change({ pause: cause.trim() });
      }}
    >
      <TextInput
        id="cause"
        label={t("desk.holdWhy")}
        maxLength={200}
        value={cause}
        onChange={(event) => setCause(event.currentTarget.value)}
      />
      <Button id="hold" type="submit" variant="default" disabled={!cause.trim()}>
        {t("desk.hold")}
      </Button>
    </form>
  );
}
