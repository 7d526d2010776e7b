import { Alert, Button, Paper, PasswordInput, Stack, TextInput, Title } from "@mantine/core";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Refused } from "../api/client";
import { useDoor } from "./session";

export function SignIn() {
  const { t } = useTranslation();
  const { enter, unreachable } = useDoor();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asksCode, setAsksCode] = useState(false);
  const [refused, setRefused] = useState("");
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setRefused("");
    try {
      await enter(name, password, code);
    } catch (error) {
      if (error instanceof Refused && error.code === "code_needed") {
        setAsksCode(true);
        setBusy(false);
        return;
      }
      setCode("");
      setRefused(error instanceof Refused ? error.message : t("unreachable"));
      setBusy(false);
      if (!asksCode) field.current?.select();
    }
  }

  return (
    <main className="door" id="door">
      <Paper className="door-card" withBorder shadow="md" p="xl" radius="lg">
        <form onSubmit={submit}>
          <Stack gap="md">
            <img className="door-mark" src="/icon.svg" alt="" />
            <Title order={1} size="h3" ta="center">
              {t("signIn.title")}
            </Title>
            <TextInput
              id="name"
              label={t("signIn.name")}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              autoFocus
              required
              withAsterisk={false}
            />
            <PasswordInput
              id="password"
              ref={field}
              label={t("signIn.password")}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              autoComplete="current-password"
              required
              withAsterisk={false}
              visibilityToggleButtonProps={{ "aria-label": t("signIn.show") }}
            />
            {asksCode && (
              <TextInput
                id="code"
                label={t("signIn.code")}
                description={t("signIn.codeHint")}
                value={code}
                onChange={(event) => setCode(event.currentTarget.value)}
                autoComplete="one-time-code"
                inputMode="numeric"
                maxLength={10}
                autoFocus
                required
                withAsterisk={false}
              />
            )}
            <div role="alert" id="refused">
              {(refused || unreachable) && (
                <Alert color="red" variant="light">
                  {refused || t("unreachable")}
                </Alert>
              )}
            </div>
            <Button type="submit" fullWidth size="md" loading={busy}>
              {t("signIn.enter")}
            </Button>
          </Stack>
        </form>
      </Paper>
    </main>
  );
}
