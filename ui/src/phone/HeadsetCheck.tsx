// Microphone and ears, tried before the first call: the click that opens this unlocks the browser's
// audio, too.

import { Alert, Button, Group, Modal, Select, Switch } from "@mantine/core";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { language } from "../i18n";
import { keepHeadset, microphone, speaker } from "./headset";
import {
  type HeadsetCheck as Check,
  checkHeadset,
  type MicrophoneTrouble,
  NoMicrophone,
} from "./microphone";
import type { Telephone } from "./telephone";
import { TROUBLES } from "./words";

const HEARD = 0.04;
const LOOK_MS = 80;

type Device = { value: string; label: string };

export function HeadsetCheck(props: {
  telephone: Telephone;
  close: () => void;
  /** She goes ready afterwards; undefined: only looked at. */
  ready?: () => void;
}) {
  const { telephone, close, ready } = props;
  const { t } = useTranslation();
  const [from, setFrom] = useState(microphone);
  const [to, setTo] = useState(speaker);
  const { level, heard, trouble, microphones, speakers, echo, again } = useCheck(from);
  const [hearing, setHearing] = useState(false);

  function done() {
    keepHeadset(from, to);
    telephone.microphoneId = from;
    telephone.speakThrough(to);
    if ("Notification" in window && Notification.permission === "default") {
      void Notification.requestPermission();
    }
    close();
    ready?.();
  }

  return (
    <Modal
      opened
      onClose={close}
      title={t("headset.title")}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      <div className="headset" id="headset">
        {trouble && (
          <Alert color="red" variant="light" role="alert">
            {TROUBLES[trouble][language()]}
          </Alert>
        )}
        <div className="headset-level" data-heard={heard}>
          <span>{t(heard ? "headset.heard" : "headset.say")}</span>
          <meter min={0} max={1} value={level} aria-label={t("headset.level")} />
        </div>
        <Select
          label={t("headset.microphone")}
          data={microphones}
          value={from || null}
          placeholder={t("headset.usual")}
          disabled={microphones.length === 0}
          clearable
          onChange={(id) => setFrom(id ?? "")}
        />
        {speakers.length > 0 && (
          <Select
            label={t("headset.speaker")}
            data={speakers}
            value={to || null}
            placeholder={t("headset.usual")}
            clearable
            onChange={(id) => setTo(id ?? "")}
          />
        )}
        <Switch
          label={t("headset.echo")}
          checked={hearing}
          disabled={trouble !== ""}
          onChange={(event) => {
            setHearing(event.currentTarget.checked);
            echo(event.currentTarget.checked);
          }}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={() => telephone.ringOnce()}>
            {t("headset.ring")}
          </Button>
          {trouble ? (
            <Button onClick={again}>{t("headset.again")}</Button>
          ) : (
            <Button
              id="headset-well"
              data-autofocus
              color={ready ? "green.8" : undefined}
              onClick={done}
            >
              {t(ready ? "headset.ready" : "headset.done")}
            </Button>
          )}
        </Group>
        {trouble && ready && (
          <Button
            variant="subtle"
            onClick={() => {
              telephone.stop();
              close();
              ready();
            }}
          >
            {t("headset.other")}
          </Button>
        )}
      </div>
    </Modal>
  );
}

function useCheck(deviceId: string) {
  const [level, setLevel] = useState(0);
  const [heard, setHeard] = useState(false);
  const [trouble, setTrouble] = useState<MicrophoneTrouble | "">("");
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  const [round, setRound] = useState(0);
  const check = useRef<Check | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round tries the same again
  useEffect(() => {
    let mounted = true;
    let timer = 0;
    setTrouble("");
    checkHeadset(deviceId).then(
      async (opened) => {
        if (!mounted) return opened.close();
        check.current = opened;
        timer = window.setInterval(() => {
          const now = opened.level();
          setLevel(now);
          if (now > HEARD) setHeard(true);
        }, LOOK_MS);
        // Their names are told only to who may open one.
        const found = await navigator.mediaDevices.enumerateDevices();
        if (mounted) setDevices(found);
      },
      (error) => {
        if (mounted) setTrouble(error instanceof NoMicrophone ? error.trouble : "failed");
      },
    );
    return () => {
      mounted = false;
      window.clearInterval(timer);
      check.current?.close();
      check.current = null;
    };
  }, [deviceId, round]);

  const again = useCallback(() => setRound((n) => n + 1), []);
  const echo = useCallback((on: boolean) => check.current?.echo(on), []);
  const chosen = "setSinkId" in HTMLMediaElement.prototype ? devices : [];
  return {
    level,
    heard,
    trouble,
    again,
    echo,
    microphones: ofKind(devices, "audioinput"),
    speakers: ofKind(chosen, "audiooutput"),
  };
}

function ofKind(devices: MediaDeviceInfo[], kind: MediaDeviceKind): Device[] {
  const found = devices.filter((one) => one.kind === kind && one.deviceId && one.label);
  return found.map((one) => ({ value: one.deviceId, label: one.label }));
}
