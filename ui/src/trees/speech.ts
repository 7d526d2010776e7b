// A text heard as callers would hear it. One at a time: a new one ends the one before.

import { notifications } from "@mantine/notifications";
import i18next from "i18next";
import { api, Refused } from "../api/client";
import type { Language } from "./model";

let context: AudioContext | null = null;
let playing: AudioBufferSourceNode | null = null;
let turn = 0;

/** Resolves when it was heard to the end, or another text began. */
export async function listen(language: Language, text: string): Promise<void> {
  const mine = ++turn;
  hush();
  try {
    const { data } = await api.POST("/api/v1/speech", {
      body: { language, text },
      parseAs: "arrayBuffer",
    });
    if (!data || mine !== turn) return;
    context ??= new AudioContext();
    const audio = await context.decodeAudioData(data as unknown as ArrayBuffer);
    if (mine !== turn) return;
    const source = context.createBufferSource();
    source.buffer = audio;
    source.connect(context.destination);
    playing = source;
    await new Promise<void>((over) => {
      source.onended = () => over();
      source.start();
    });
  } catch (error) {
    const message = error instanceof Refused ? error.message : i18next.t("unreachable");
    notifications.show({ message, color: "red" });
  }
}

export function hush(): void {
  playing?.stop();
  playing = null;
}
