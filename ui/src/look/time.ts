// Times and numbers as people read them. Pure.

/** 65 → 1:05, 3700 → 1:01:40. Never below nought. */
export function lasting(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Midnight before `now`, in seconds since the epoch, where this browser is. */
export function dayBegan(now: number): number {
  const day = new Date(now * 1000);
  day.setHours(0, 0, 0, 0);
  return day.getTime() / 1000;
}

/** Which ring it is, from 1. */
export function ringNumber(rangAt: number, cycleS: number, now: number): number {
  return Math.max(1, Math.floor((now - rangAt) / cycleS) + 1);
}

/** +8613812345678 → +86 138 1234 5678; anything else as it is. */
export function phoneNumber(number: string): string {
  const mobile = /^\+86(1\d{2})(\d{4})(\d{4})$/.exec(number);
  return mobile ? `+86 ${mobile[1]} ${mobile[2]} ${mobile[3]}` : number;
}
