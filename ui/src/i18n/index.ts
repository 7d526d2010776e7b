// Both languages of the app. A text a person sees is a key here; names of queues come in all
// languages from the server.

import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import en from "./en.json";
import zh from "./zh-CN.json";

export const LANGUAGES = ["zh-CN", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
const KEPT = "threering.language";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

void i18next.use(initReactI18next).init({
  resources: { "zh-CN": { translation: zh }, en: { translation: en } },
  lng: kept() ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en"),
  fallbackLng: false,
  showSupportNotice: false,
  initAsync: false,
  // React writes every text as text.
  interpolation: { escapeValue: false },
});
i18next.on("languageChanged", tellPage);
tellPage();

export function language(): Language {
  return i18next.language === "en" ? "en" : "zh-CN";
}

/** In this browser from now on. */
export function choose(wanted: Language): void {
  try {
    localStorage.setItem(KEPT, wanted);
  } catch {
    // A private window: for this page alone.
  }
  void i18next.changeLanguage(wanted);
}

/** The person's own language, unless one was chosen in this browser. */
export function prefer(wanted: string | null): void {
  const known = LANGUAGES.find((one) => one === wanted);
  if (known && kept() === null) void i18next.changeLanguage(known);
}

/** The name in the language shown, else in any. */
export function named(names: Record<string, string> | undefined, otherwise: string): string {
  return names?.[language()] ?? Object.values(names ?? {})[0] ?? otherwise;
}

function kept(): Language | null {
  try {
    return LANGUAGES.find((one) => one === localStorage.getItem(KEPT)) ?? null;
  } catch {
    return null;
  }
}

function tellPage(): void {
  document.documentElement.lang = language();
}
