// The hotline's API, typed from its own description. Every call returns data or throws Refused.

import createClient from "openapi-fetch";
import { language } from "../i18n";
import type { components, paths } from "./schema";

export type Schema = components["schemas"];

/** The server, or the way to it, said no. `code` never changes its meaning; `message` is for people. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field = "",
    /** What somebody else made of it meanwhile, as it stands. */
    readonly now: unknown = undefined,
  ) {
    super(message);
  }
}

// Any value will do until somebody is signed in.
let token = "1";

/** Send this with everything from now on: the token of the session. */
export function carry(given: string): void {
  token = given;
}

export const api = createClient<paths>({ credentials: "same-origin", cache: "no-store" });

api.use({
  onRequest({ request }) {
    request.headers.set("X-ThreeRing", token);
    request.headers.set("Accept-Language", language());
    return request;
  },
  onResponse: ({ response }) => refuseUnlessOk(response),
});

async function refuseUnlessOk(response: Response): Promise<undefined> {
  if (response.ok) return;
  const said = (await response.json().catch(() => null)) as Schema["Refusal"] | null;
  throw new Refused(
    response.status,
    said?.error ?? "",
    said?.message ?? String(response.status),
    said?.field,
    said?.now,
  );
}

/** A file as it is, not as JSON. */
export async function send<T>(where: string, file: File): Promise<T> {
  const response = await fetch(where, {
    method: "POST",
    credentials: "same-origin",
    headers: {
      "Content-Type": "application/octet-stream",
      "X-ThreeRing": token,
      "Accept-Language": language(),
    },
    body: file,
  });
  await refuseUnlessOk(response);
  return (await response.json()) as T;
}

/** The data of an answer. */
export async function told<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}
