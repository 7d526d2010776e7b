// The telephone of this tab, for whoever is signed in: fetched when there is one to hold, read by any
// component, and unlocked by the first click or key.

import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import { api, told } from "../api/client";
import type { Door } from "./door";
import { microphone } from "./headset";
import type { PhoneState, Telephone } from "./telephone";

export interface Phone {
  /** null until it is fetched. */
  telephone: Telephone | null;
  state: PhoneState;
  /** Register, where it is not done by itself: for who watches the floor and takes no calls. */
  start(): void;
}

const HANG_UP = { do: "hang_up", queue: null, agent: null, number: "" } as const;
const NONE: PhoneState = { registration: "off", device: "", call: null, trouble: "" };
const PhoneContext = createContext<Phone>({ telephone: null, state: NONE, start: () => {} });

export function usePhone(): Phone {
  return useContext(PhoneContext);
}

/** `agent`: whose telephone it is; null: somebody's who takes no calls, and starts it when she
 *  wants to listen to one. */
export function PhoneOfThisTab({ agent, children }: { agent: string | null; children: ReactNode }) {
  const [telephone, setTelephone] = useState<Telephone | null>(null);
  const [wanted, setWanted] = useState(agent !== null);

  useEffect(() => {
    if (!wanted) return;
    let mounted = true;
    let made: Telephone | null = null;
    void import("./telephone").then(({ Telephone }) => {
      if (!mounted) return;
      made = new Telephone(door(agent));
      made.microphoneId = microphone();
      made.start();
      setTelephone(made);
    });
    return () => {
      mounted = false;
      made?.stop();
      setTelephone(null);
    };
  }, [agent, wanted]);

  useEffect(() => {
    if (!telephone) return;
    const unlock = () => telephone.unlock();
    addEventListener("pointerdown", unlock);
    addEventListener("keydown", unlock);
    return () => {
      removeEventListener("pointerdown", unlock);
      removeEventListener("keydown", unlock);
    };
  }, [telephone]);

  const state = useSyncExternalStore(
    (listener) => telephone?.subscribe(listener) ?? (() => {}),
    () => telephone?.now ?? NONE,
  );
  const phone = useMemo(
    () => ({ telephone, state, start: () => setWanted(true) }),
    [telephone, state],
  );
  return <PhoneContext.Provider value={phone}>{children}</PhoneContext.Provider>;
}

function door(agent: string | null): Door {
  return {
    login: (page, take) => told(api.POST("/api/v1/phone", { body: { page, take } })),
    here: async () => void (await api.POST("/api/v1/phone/here")),
    leaving: () => {
      api.POST("/api/v1/phone/leaving", { keepalive: true }).catch(() => {});
    },
    hangUp: async () => {
      const params = { path: { id: agent ?? "" } };
      await api.POST("/api/v1/agents/{id}/talk", { params, body: HANG_UP });
    },
  };
}
