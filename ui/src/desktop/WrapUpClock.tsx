// What is left of the wrap-up; longer or done at a key.

import { Button, Progress } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Cap } from "../keys/Cap";
import { useKey } from "../keys/keys";
import type { AgentLine } from "../live/floor";
import { useIsLive, useNow } from "../live/hooks";
import { Until } from "../look/Since";
import { useSay } from "./actions";
import { useGuide } from "./Guide";

const LONGER_S = 30;

/** `queue`: whose call it was; '' when that is not known. */
export function WrapUpClock({ line, queue }: { line: AgentLine; queue: string }) {
  const { t } = useTranslation();
  const live = useIsLive();
  const now = useNow();
  const { mutate } = useSay(line.id);
  const until = line.until ?? now;
  const whole = Math.max(1, until - line.since);
  const extend = () => mutate({ say: "wrap-up", do: "extend", by_s: LONGER_S });
  const finish = () => mutate({ say: "wrap-up", do: "finish", by_s: LONGER_S });
  useKey("E", t("do.extend", { n: LONGER_S }), extend, live);
  const owed = useGuide(queue)?.required === true && !line.disposition;
  useKey("F", t("do.finish"), finish, live && !owed);
  return (
    <section className="wrap-up" id="wrap-up" aria-label={t("state.wrapping_up")}>
      <span className="wrap-up-left">
        {t("desktop.left")} <Until at={until} className="wrap-up-clock" />
      </span>
      <Progress
        className="wrap-up-bar"
        value={(100 * Math.max(0, until - now)) / whole}
        color="orange"
        aria-label={t("desktop.left")}
      />
      <Button variant="default" rightSection={<Cap cap="E" />} disabled={!live} onClick={extend}>
        {t("do.extend", { n: LONGER_S })}
      </Button>
      <Button
        rightSection={<Cap cap="F" />}
        disabled={!live || owed}
        title={owed ? t("disposition.owed") : undefined}
        onClick={finish}
      >
        {t("do.finish")}
      </Button>
    </section>
  );
}
