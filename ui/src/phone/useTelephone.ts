// The telephone for React: made once, read by any component. All else is in telephone.ts.

import { useSyncExternalStore } from "react";
import type { PhoneState, Telephone } from "./telephone";

export function useTelephone(telephone: Telephone): PhoneState {
  return useSyncExternalStore(
    (listener) => telephone.subscribe(listener),
    () => telephone.now,
  );
}
