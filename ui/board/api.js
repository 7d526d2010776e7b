// The hotline's API as this page uses it: who is signed in, and in and out.

const API = "/api/v1";
let token = "1";

export class Refused extends Error {
  constructor(status, body) {
    super(body?.message ?? String(status));
    this.status = status;
  }
}

async function ask(method, path, language, body) {
  const headers = { "X-ThreeRing": token, "Accept-Language": language };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(API + path, {
    method, headers, credentials: "same-origin", cache: "no-store",
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  const found = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Refused(answer.status, found);
  return found;
}

/** The session, or null when nobody is signed in. */
export async function whoIsIn(language) {
  try {
    const session = await ask("GET", "/session", language);
    token = session.token;
    return session;
  } catch (error) {
    if (error instanceof Refused && error.status === 401) return null;
    throw error;
  }
}

export async function signIn(name, password, language) {
  const session = await ask("POST", "/session", language, { name, password });
  token = session.token;
  return session;
}

export async function signOut(language) {
  await ask("DELETE", "/session", language);
  token = "1";
}

export const EVENTS = `${API}/events`;
