import { MantineProvider } from "@mantine/core";
import "@mantine/core/styles.css";
import { Notifications } from "@mantine/notifications";
import "@mantine/notifications/styles.css";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { setNonce } from "get-nonce";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { Refused } from "./api/client";
import "./i18n";
import "./look/look.css";
import { styleNonce, theme, variables } from "./look/theme";
import { DoorProvider, SESSION } from "./session/session";

const queries = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      // Signed out elsewhere, or for too long: the door is shown.
      if (error instanceof Refused && error.status === 401) queries.setQueryData(SESSION, null);
    },
  }),
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: false,
      retry: (times, error) => !(error instanceof Refused && error.status < 500) && times < 3,
    },
  },
});

// For the sheet with which dialogs hold the page still.
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
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-right" />
        <DoorProvider>
          <App />
        </DoorProvider>
      </QueryClientProvider>
    </MantineProvider>,
  );
}
