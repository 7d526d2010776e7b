// The caller's page: nothing of the floor's is fetched with it.

import { MantineProvider } from "@mantine/core";
import "@mantine/core/styles.css";
import { setNonce } from "get-nonce";
import { createRoot } from "react-dom/client";
import "../i18n";
import "../look/look.css";
import { styleNonce, theme, variables } from "../look/theme";
import { Caller } from "./Caller";
import "./caller.css";

setNonce(styleNonce());

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      getStyleNonce={styleNonce}
    >
      <Caller embedded={new URLSearchParams(window.location.search).has("embedded")} />
    </MantineProvider>,
  );
}
