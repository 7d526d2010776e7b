// Beside a talk: what may answer it, from its queue, keys and ticket. Reading opens in a drawer, so
// that nothing on the desktop moves.

import { Drawer } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Pop } from "../live/floor";
import { Hits } from "./Knowledge";
import { useSuggestions } from "./knowledge";
import { Reading } from "./Reading";

const AGAIN_MS = 5_000;

export function Suggested(props: { pop: Pop; queue: string; ticket: string | undefined }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<string>();
  const { pop, queue, ticket } = props;
  const hits = useSuggestions(
    { ticket, queue, language: pop.language, text: pop.keys.join(" ") },
    AGAIN_MS,
  );
  return (
    <section className="suggested" aria-label={t("knowledge.suggested")}>
      <h3>{t("knowledge.suggested")}</h3>
      {hits.length === 0 ? (
        <p className="quiet">{t("knowledge.noneSuggested")}</p>
      ) : (
        <Hits hits={hits} open={open} choose={setOpen} />
      )}
      <Drawer
        opened={open !== undefined}
        onClose={() => setOpen(undefined)}
        position="right"
        title={t("knowledge.article")}
        closeButtonProps={{ "aria-label": t("close") }}
      >
        {open !== undefined && <Reading id={open} call={pop.call} ticket={ticket} />}
      </Drawer>
    </section>
  );
}
