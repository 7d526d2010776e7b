// The microphone: opened, looked at before the first call, and what is wrong with it in a word that
// words.ts has a sentence for.

export type MicrophoneTrouble =
  | "not_secure"
  | "no_permission"
  | "no_microphone"
  | "in_use"
  | "failed";

export class NoMicrophone extends Error {
  constructor(readonly trouble: MicrophoneTrouble) {
    super(trouble);
  }
}

const WISHES: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

/** Throws NoMicrophone. */
export async function openMicrophone(deviceId = ""): Promise<MediaStream> {
  if (!window.isSecureContext || !navigator.mediaDevices) throw new NoMicrophone("not_secure");
  const audio = deviceId ? { ...WISHES, deviceId: { exact: deviceId } } : WISHES;
  try {
    return await navigator.mediaDevices.getUserMedia({ audio, video: false });
  } catch (error) {
    throw new NoMicrophone(troubleOf(error));
  }
}

export function troubleOf(error: unknown): MicrophoneTrouble {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "no_permission";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "no_microphone";
  if (name === "NotReadableError" || name === "AbortError") return "in_use";
  return "failed";
}

export function close(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

export interface HeadsetCheck {
  /** How loud it is now, 0 to 1. */
  level(): number;
  /** Hear oneself, a moment later, to know that the headset plays. */
  echo(on: boolean): void;
  close(): void;
}

const ECHO_S = 0.6;

/** Opens the microphone to be looked at; must be called from a click. Throws NoMicrophone. */
export async function checkHeadset(deviceId = ""): Promise<HeadsetCheck> {
  const stream = await openMicrophone(deviceId);
  const context = new AudioContext();
  await context.resume();
  const source = context.createMediaStreamSource(stream);
  const meter = context.createAnalyser();
  meter.fftSize = 1024;
  source.connect(meter);
  const delay = context.createDelay(1);
  delay.delayTime.value = ECHO_S;
  source.connect(delay);
  const samples = new Float32Array(meter.fftSize);
  return {
    level() {
      meter.getFloatTimeDomainData(samples);
      let sum = 0;
      for (const sample of samples) sum += sample * sample;
      return Math.min(1, Math.sqrt(sum / samples.length) * 4);
    },
    echo(on) {
      if (on) delay.connect(context.destination);
      else delay.disconnect();
    },
    close() {
      close(stream);
      void context.close();
    },
  };
}
