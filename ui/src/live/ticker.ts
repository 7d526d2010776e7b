// One timer for all the clocks on a page that move at the same pace.

export class Ticker {
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private shown: number;

  /** `now`: seconds; `runs`: false while the clock must stand still. */
  constructor(
    private readonly now: () => number,
    private readonly runs: () => boolean,
    private readonly everyMs: number,
  ) {
    this.shown = now();
  }

  read = (): number => this.shown;

  subscribe = (listener: () => void): (() => void) => {
    if (this.listeners.size === 0) {
      this.shown = this.now();
      this.timer = setInterval(() => this.tick(), this.everyMs);
    }
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) clearInterval(this.timer);
    };
  };

  tick(): void {
    if (!this.runs()) return;
    this.shown = this.now();
    for (const listener of this.listeners) listener();
  }
}
