import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The app is served by the hotline itself from /; for work on the app alone, `npx vite` speaks to a
// running hotline.
const HOTLINE = process.env.THREERING_UI_HOTLINE ?? "http://127.0.0.1:8300";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "dist",
    assetsDir: "app",
    // Inlined files would be data: addresses, which the page's policy allows for pictures alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  worker: { format: "es" },
  server: { proxy: { "/api": HOTLINE } },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
});
