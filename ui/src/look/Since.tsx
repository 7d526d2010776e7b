// Clocks that count. Small components of their own, so that a tick draws a number and nothing else.

import { useNow } from "../live/hooks";
import { lasting } from "./time";

export function Since({ at, className }: { at: number; className?: string }) {
  const now = useNow();
  return <span className={className}>{lasting(now - at)}</span>;
}

export function Until({ at, className }: { at: number; className?: string }) {
  const now = useNow();
  return <span className={className}>{lasting(at - now)}</span>;
}

export function WallClock() {
  const now = useNow();
  const text = new Date(now * 1000).toLocaleTimeString("en-GB");
  return (
    <time className="clock" id="clock">
      {text}
    </time>
  );
}
