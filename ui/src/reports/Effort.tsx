// What one call cost the one who called, and which other call shows that it helped or not.

import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, told } from "../api/client";

export function Effort({ call, zone }: { call: string; zone: string }) {
  const { t, i18n } = useTranslation();
  const [asked, setAsked] = useState(false);
  const { data } = useQuery({
    queryKey: ["contact", call],
    enabled: asked,
    queryFn: () => told(api.GET("/api/v1/calls/{id}/contact", { params: { path: { id: call } } })),
  });
  if (!data)
    return (
      <Button size="compact-xs" variant="default" onClick={() => setAsked(true)}>
        {t("reports.why")}
      </Button>
    );
  const at = (when: number) =>
    new Date(when * 1000).toLocaleString(i18n.language, { timeZone: zone });
  return (
    <div className="report-effort">
      <b>{t("reports.steps", { count: data.effort })}</b>
      <ul>
        {data.costs.map((cost) => (
          <li key={cost.burden}>
            +{cost.steps} {t(`reports.burden.${cost.burden}`)}
          </li>
        ))}
        {data.repeated_by && (
          <li>{t("reports.calledAgain", { at: at(data.repeated_by.started_at) })}</li>
        )}
        {data.repeats && <li>{t("reports.hadCalled", { at: at(data.repeats.started_at) })}</li>}
      </ul>
    </div>
  );
}
