// Keys into the talk (DTMF): by mouse, or typed while it is open.

import { Modal } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";

const KEYS = [..."123456789*0#"];

export function Keypad({ press, close }: { press: (key: string) => void; close: () => void }) {
  const { t } = useTranslation();
  const [pressed, setPressed] = useState("");
  function hit(key: string) {
    press(key);
    setPressed((before) => (before + key).slice(-20));
  }
  function typed(event: KeyboardEvent) {
    if (!KEYS.includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    hit(event.key);
  }
  return (
    <Modal
      opened
      onClose={close}
      title={t("talk.keys")}
      size="xs"
      closeButtonProps={{ "aria-label": t("close") }}
      onKeyDown={typed}
    >
      <output className="keypad-shown" aria-label={t("talk.pressed")}>
        {pressed || "–"}
      </output>
      <div className="keypad">
        {KEYS.map((key) => (
          <button key={key} type="button" onClick={() => hit(key)}>
            {key}
          </button>
        ))}
      </div>
      <p className="quiet">{t("talk.keysHint")}</p>
    </Modal>
  );
}
