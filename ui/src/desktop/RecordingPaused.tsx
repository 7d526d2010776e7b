// A recording that is paused is easily forgotten: said all the time, and aloud once a minute.

import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Cap } from "../keys/Cap";
import { useKey } from "../keys/keys";
import { useIsLive, useNow } from "../live/hooks";
import { Since } from "../look/Since";

const REMIND_S = 60;

export function RecordingPaused(props: { since: number; forgotten: boolean; resume: () => void }) {
  const { since, forgotten, resume } = props;
  const { t } = useTranslation();
  const live = useIsLive();
  const minutes = Math.floor(Math.max(0, useNow() - since) / REMIND_S);
  useKey("P", t("talk.record"), resume, live);
  useEffect(() => {
    if (minutes > 0) {
      notifications.show({
        id: "recording-paused",
        color: "orange",
        message: t("talk.reminder", { count: minutes }),
      });
    }
    return () => {
      notifications.hide("recording-paused");
    };
  }, [minutes, t]);
  return (
    <div className="paused" role={forgotten ? "alert" : "status"} data-forgotten={forgotten}>
      <span>
        {t(forgotten ? "recordings.forgotten" : "talk.paused")} <Since at={since} />
      </span>
      <Button variant="default" rightSection={<Cap cap="P" />} disabled={!live} onClick={resume}>
        {t("talk.record")}
      </Button>
    </div>
  );
}
