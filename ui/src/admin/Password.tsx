// Another password for oneself. Every other browser is signed out by it.

import { Button, PasswordInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, Refused, told } from "../api/client";
import { useDoor } from "../session/session";
import { SecondFactor } from "./SecondFactor";
import "./admin.css";

export function Password() {
  const { t } = useTranslation();
  const { askAgain } = useDoor();
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const [refused, setRefused] = useState<{ message: string; field: string }>();
  const [done, setDone] = useState(false);
  const change = async () => {
    setDone(false);
    if (fresh !== again) {
      return setRefused({ message: t("admin.notTheSame"), field: "again" });
    }
    try {
      await told(api.PUT("/api/v1/session/password", { body: { old, new: fresh } }));
      setRefused(undefined);
      setDone(true);
      setOld("");
      setFresh("");
      setAgain("");
      // The session is a new one, and its token with it.
      askAgain();
    } catch (error) {
      setRefused(error instanceof Refused ? error : { message: t("unreachable"), field: "" });
    }
  };
  const wrong = (field: string) => (refused?.field === field ? refused.message : undefined);
  return (
    <main className="own-password">
      <h1>{t("admin.ownPassword")}</h1>
      <form
        className="person-form"
        onSubmit={(event) => {
          event.preventDefault();
          void change();
        }}
      >
        <PasswordInput
          id="old"
          label={t("admin.oldPassword")}
          autoComplete="current-password"
          value={old}
          error={wrong("old")}
          onChange={(event) => setOld(event.currentTarget.value)}
        />
        <PasswordInput
          id="fresh"
          label={t("admin.freshPassword")}
          autoComplete="new-password"
          value={fresh}
          error={wrong("password")}
          onChange={(event) => setFresh(event.currentTarget.value)}
        />
        <PasswordInput
          id="again"
          label={t("admin.againPassword")}
          autoComplete="new-password"
          value={again}
          error={wrong("again")}
          onChange={(event) => setAgain(event.currentTarget.value)}
        />
        {refused?.field === "" && (
          <p className="wrong" role="alert">
            {refused.message}
          </p>
        )}
        {done && (
          <p className="well" role="status">
            {t("admin.passwordChanged")}
          </p>
        )}
        <Button id="change-password" type="submit">
          {t("admin.save")}
        </Button>
      </form>
      <SecondFactor />
    </main>
  );
}
