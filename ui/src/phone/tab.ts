// One tab of a browser holds the telephone; the others may look. When it closes, the next takes it.

export const LOCK = "threering-telephone";

/** Calls `held` once this tab has the telephone, now or later; the result gives it up, or the wait. */
export function holdTelephone(held: () => void, waiting: () => void): () => void {
  let release = () => {};
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  const giveUp = new AbortController();
  let has = false;
  window.setTimeout(() => {
    if (!has && !giveUp.signal.aborted) waiting();
  }, 200);
  navigator.locks
    .request(LOCK, { mode: "exclusive", signal: giveUp.signal }, () => {
      has = true;
      held();
      return until;
    })
    .catch(() => {});
  return () => {
    if (!has) giveUp.abort();
    release();
  };
}
