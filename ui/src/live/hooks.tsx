// The live floor for components. Each draws again only when what it selects has changed.

import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from "react";
import type { Floor } from "./floor";
import { LiveStore } from "./store";
import type { Link } from "./switchboard";

const Live = createContext<LiveStore | null>(null);

export function LiveFloor(props: { person: string; stranger: () => void; children: ReactNode }) {
  const { person, stranger, children } = props;
  const [store] = useState(() => new LiveStore(stranger));
  useEffect(() => {
    store.watch(person);
    return () => store.leave();
  }, [store, person]);
  return <Live.Provider value={store}>{children}</Live.Provider>;
}

function useStore(): LiveStore {
  const store = useContext(Live);
  if (!store) throw new Error("outside of LiveFloor");
  return store;
}

/** `select` must give the same object as long as nothing changed. */
export function useFloor<T>(select: (floor: Floor) => T): T {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => select(store.floor));
}

export function useLink(): Link {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => store.link);
}

/** False while what is shown may be old: then nothing may be done, either. */
export function useIsLive(): boolean {
  return useLink() === "live";
}

/** False until the first floor is there. */
export function useBegun(): boolean {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => store.begun);
}

/** The hotline's clock in seconds. It stands still while not live: a clock that ticks looks like
 *  news. `fast` for rings, four times a second. */
export function useNow(fast = false): number {
  const store = useStore();
  const ticker = fast ? store.quarters : store.seconds;
  return useSyncExternalStore(ticker.subscribe, ticker.read);
}
