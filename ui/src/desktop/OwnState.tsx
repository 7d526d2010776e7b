// Who I am, what I am doing and since when, and what I may do next.

import { Alert, Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Cap } from "../keys/Cap";
import { useKey } from "../keys/keys";
import type { AgentLine } from "../live/floor";
import { useIsLive } from "../live/hooks";
import { Since } from "../look/Since";
import { PAUSES, StateChip, useReason, useWish } from "../look/State";
import { HeadsetCheck } from "../phone/HeadsetCheck";
import { wasTried } from "../phone/headset";
import { usePhone } from "../phone/Phone";
import { type Saying, useSay } from "./actions";

const IN_CALL = new Set<AgentLine["state"]>(["offered", "talking"]);

export function OwnState({ line }: { line: AgentLine }) {
  const { t } = useTranslation();
  const reason = useReason();
  const live = useIsLive();
  const { mutate, isPending } = useSay(line.id);
  const [pausing, setPausing] = useState(false);
  const inCall = IN_CALL.has(line.state);
  const out = line.state === "logged_out";
  // A wrap-up is ended by its own clock's button.
  const mayReady = line.state === "not_ready" || line.state === "not_responding";

  function say(saying: Saying) {
    mutate(saying, {
      onSuccess: () => {
        if (inCall) notifications.show({ message: t("desktop.afterCall") });
      },
    });
  }

  useKey("L", t("do.logIn"), () => say({ say: "log-in" }), live && out);
  const { telephone, state: phone } = usePhone();
  const [checking, setChecking] = useState(false);
  const untried = telephone && phone.registration === "registered" && !wasTried();
  const goReady = () => (untried ? setChecking(true) : say({ say: "ready" }));

  useKey("R", t("do.ready"), goReady, live && mayReady);
  useKey("N", t("do.notReady"), () => setPausing(true), live && !out);

  const why = reason(line);
  const then = useWish()(line);
  return (
    <section className="own" aria-label={t("desktop.own")}>
      <div className="own-now" id="own-state" data-state={line.state}>
        <StateChip state={line.state} big />
        {!out && <Since at={line.since} className="own-since" />}
        {why && <span className="own-why">{why}</span>}
        {then && <span className="own-then">{then}</span>}
      </div>
      <div className="own-do">
        {out && (
          <Button
            rightSection={<Cap cap="L" />}
            disabled={!live}
            loading={isPending}
            onClick={() => say({ say: "log-in" })}
          >
            {t("do.logIn")}
          </Button>
        )}
        {mayReady && (
          <Button
            color="green.8"
            rightSection={<Cap cap="R" />}
            disabled={!live}
            loading={isPending}
            onClick={goReady}
          >
            {t("do.ready")}
          </Button>
        )}
        {!out && (
          <Menu opened={pausing} onChange={setPausing} position="bottom-end" shadow="md">
            <Menu.Target>
              <Button variant="default" rightSection={<Cap cap="N" />} disabled={!live}>
                {t(inCall ? "do.notReadyAfter" : "do.notReady")}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{t("desktop.why")}</Menu.Label>
              {PAUSES.map((pause) => (
                <Menu.Item key={pause} onClick={() => say({ say: "not-ready", reason: pause })}>
                  {t(`reason.${pause}`)}
                </Menu.Item>
              ))}
              <Menu.Divider />
              <Menu.Item onClick={() => say({ say: "log-out" })}>
                {t(inCall ? "do.logOutAfter" : "do.logOut")}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      {telephone && checking && (
        <HeadsetCheck
          telephone={telephone}
          close={() => setChecking(false)}
          ready={() => say({ say: "ready" })}
        />
      )}
      {line.state === "not_responding" && (
        <Alert color="red" variant="light" role="alert" className="own-alert">
          {t("desktop.notResponding", { count: line.strikes })}
        </Alert>
      )}
    </section>
  );
}
