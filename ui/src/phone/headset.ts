// What this browser knows of the headset: which microphone and speaker, and that they were tried since
// the browser was opened.

const MICROPHONE = "threering.microphone";
const SPEAKER = "threering.speaker";
const TRIED = "threering.headset.tried";

export const microphone = (): string => kept(localStorage, MICROPHONE);
export const speaker = (): string => kept(localStorage, SPEAKER);
export const wasTried = (): boolean => kept(sessionStorage, TRIED) === "1";

export function keepHeadset(microphoneId: string, speakerId: string): void {
  keep(localStorage, MICROPHONE, microphoneId);
  keep(localStorage, SPEAKER, speakerId);
  keep(sessionStorage, TRIED, "1");
}

function kept(where: Storage, name: string): string {
  try {
    return where.getItem(name) ?? "";
  } catch {
    return "";
  }
}

function keep(where: Storage, name: string, value: string): void {
  try {
    where.setItem(name, value);
  } catch {
    // A private window: tried once more after the next load.
  }
}
