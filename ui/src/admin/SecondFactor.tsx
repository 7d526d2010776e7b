// The second factor of whoever is signed in: wanted by scanning and typing one code, dropped by the
// password.

import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { encode } from "uqr";
import { api, Refused, told } from "../api/client";

export function SecondFactor() {
  const { t } = useTranslation();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const { data, refetch } = useQuery({
    queryKey: ["second"],
    queryFn: () => told(api.GET("/api/v1/session/second")),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const change = useMutation({
    mutationFn: async () => {
      if (data?.on) await api.POST("/api/v1/session/second/off", { body: { password } });
      else {
        const body = { secret: data?.secret ?? "", code, password };
        await api.PUT("/api/v1/session/second", { body });
      }
    },
    onSuccess: () => {
      setPassword("");
      setCode("");
      void refetch();
    },
  });
  if (!data) return null;
  const refused = change.error instanceof Refused ? change.error : undefined;
  const wrong = (field: string) => (refused?.field === field ? refused.message : undefined);
  return (
    <section id="second" data-on={data.on} aria-labelledby="second-title">
      <h2 id="second-title">{t("second.title")}</h2>
      <p className="quiet">{t(data.on ? "second.isOn" : "second.about")}</p>
      <form
        className="person-form"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
      >
        {!data.on && (
          <>
            <p>{t("second.scan")}</p>
            <Code text={data.uri} name={t("second.qr")} />
            <p className="quiet">
              {t("second.typed")}{" "}
              <code id="second-secret">{data.secret.replace(/(.{4})/g, "$1 ")}</code>
            </p>
            <TextInput
              id="second-code"
              label={t("signIn.code")}
              autoComplete="one-time-code"
              inputMode="numeric"
              maxLength={10}
              value={code}
              error={wrong("code")}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
          </>
        )}
        <PasswordInput
          id="second-password"
          label={t("admin.oldPassword")}
          autoComplete="current-password"
          value={password}
          error={wrong("old")}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {change.isError && !refused?.field && (
          <p className="wrong" role="alert">
            {refused?.message ?? t("unreachable")}
          </p>
        )}
        <Button
          id="second-change"
          type="submit"
          variant={data.on ? "outline" : "filled"}
          disabled={!password || (!data.on && !code)}
          loading={change.isPending}
        >
          {t(data.on ? "second.drop" : "second.want")}
        </Button>
      </form>
    </section>
  );
}

/** Dark on white in any theme: what a camera reads. */
function Code({ text, name }: { text: string; name: string }) {
  const { size, path } = useMemo(() => {
    const { data, size } = encode(text, { border: 2 });
    const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")));
    return { size, path: path.join("") };
  }, [text]);
  return (
    <svg className="second-qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={name}>
      <path d={`M0 0h${size}v${size}h-${size}z`} fill="#fff" />
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}
