// The emergency switch: where it stands, who threw it and why, and throwing it.

import { Button, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, told } from "../api/client";

export function Emergency() {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const [sure, setSure] = useState(false);
  const [problem, setProblem] = useState("");
  const { data } = useQuery({
    queryKey: ["emergency"],
    refetchInterval: 5_000,
    queryFn: () => told(api.GET("/api/v1/emergency")),
  });
  if (!data) return null;
  const throwIt = async () => {
    try {
      await told(api.PUT("/api/v1/emergency", { body: { on: !data.on, reason } }));
      setReason("");
      setProblem("");
      await queries.invalidateQueries({ queryKey: ["emergency"] });
    } catch (error) {
      setProblem(error instanceof Refused ? error.message : t("unreachable"));
    } finally {
      setSure(false);
    }
  };
  return (
    <section className="emergency">
      <h1>{t("admin.part.emergency")}</h1>
      <p id="emergency-now" data-on={data.on} className={data.on ? "wrong" : "well"}>
        <strong>{t(data.on ? "admin.emergencyOn" : "admin.emergencyOff")}</strong>
      </p>
      {data.at && (
        <p className="quiet">
          {t("admin.thrown", {
            by: data.by || t("admin.elsewhere"),
            at: new Date(data.at * 1000).toLocaleString(i18n.language),
          })}{" "}
          {data.reason}
        </p>
      )}
      <p>{t("admin.emergencyMeans")}</p>
      <TextInput
        id="reason"
        label={t("admin.reason")}
        value={reason}
        maxLength={80}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {sure ? (
        <div className="person-acts">
          <Button id="throw-sure" color="red.9" onClick={() => void throwIt()}>
            {t(data.on ? "admin.switchOff" : "admin.switchOn")}
          </Button>
          <Button variant="default" onClick={() => setSure(false)}>
            {t("admin.cancel")}
          </Button>
        </div>
      ) : (
        <Button id="throw" variant="default" onClick={() => setSure(true)}>
          {t(data.on ? "admin.switchOffAsk" : "admin.switchOnAsk")}
        </Button>
      )}
      {problem && (
        <p className="wrong" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}
