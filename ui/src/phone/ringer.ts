// Rings as telephones of the zone do: its tones, in its cadence. Browsers play nothing before a
// person has touched the page: the headset check unlocks it.

export class Ringer {
  private context: AudioContext | null = null;
  private stopNow: (() => void) | null = null;

  /** Call from a click or a key: from then on ringing is heard. */
  unlock(): void {
    this.context ??= new AudioContext();
    void this.context.resume();
  }

  get unlocked(): boolean {
    return this.context?.state === "running";
  }

  get ringing(): boolean {
    return this.stopNow !== null;
  }

  /** `on` and off in turn in milliseconds, again and again until `stop`. */
  start(cadenceMs: number[], tonesHz: number[]): void {
    this.stop();
    if (cadenceMs.length < 2 || cadenceMs.some((ms) => ms <= 0)) return;
    this.context ??= new AudioContext();
    void this.context.resume();
    const context = this.context;
    const loudness = context.createGain();
    loudness.gain.value = 0;
    loudness.connect(context.destination);
    const tones = tonesHz.map((hertz) => {
      const tone = context.createOscillator();
      tone.frequency.value = hertz;
      tone.connect(loudness);
      tone.start();
      return tone;
    });
    let step = 0;
    let timer = 0;
    const next = () => {
      loudness.gain.value = step % 2 === 0 ? 0.25 / Math.max(1, tones.length) : 0;
      timer = window.setTimeout(next, cadenceMs[step % cadenceMs.length]);
      step += 1;
    };
    next();
    this.stopNow = () => {
      window.clearTimeout(timer);
      for (const tone of tones) tone.stop();
      loudness.disconnect();
    };
  }

  stop(): void {
    this.stopNow?.();
    this.stopNow = null;
  }
}
