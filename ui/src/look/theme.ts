// The kit's look. Colours that say something are in look.css; every text reaches 4.5 to 1.

import { type CSSVariablesResolver, createTheme, Menu } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: { light: 7, dark: 8 },
  autoContrast: true,
  defaultRadius: "md",
  cursorType: "pointer",
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", ' +
    '"Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif',
  headings: { fontWeight: "650" },
  components: {
    // Nothing but items in a menu, the first of them with the focus.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
  },
});

/** The kit's dimmed, placeholder and error texts are too faint on white. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#526173",
    "--mantine-color-placeholder": "#66727f",
    "--mantine-color-error": "#b3261e",
    "--mantine-color-body": "#ffffff",
    "--mantine-color-text": "#14202e",
  },
  dark: {
    "--mantine-color-dimmed": "#a3b2c2",
    "--mantine-color-placeholder": "#8e9baa",
    "--mantine-color-error": "#ff8f85",
    "--mantine-color-body": "#17212c",
    "--mantine-color-text": "#eaf0f6",
    "--mantine-color-dark-7": "#17212c",
    "--mantine-color-dark-6": "#1d2935",
    "--mantine-color-dark-5": "#263442",
    "--mantine-color-dark-4": "#3a4958",
    "--mantine-color-default": "#1d2935",
    "--mantine-color-default-hover": "#263442",
    "--mantine-color-default-border": "#3a4958",
  },
});

/** The page's own number for style sheets the kit writes into it; see runtime/web/pages.py. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? "";
}
