import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

// The app is served by the hotline itself from /; for work on the app alone, `npx vite` speaks to a
// running hotline.
const HOTLINE = process.env.THREERING_UI_HOTLINE ?? "http://127.0.0.1:8300";

export default defineConfig({
  plugins: [react(), packed("dist/app")],
  build: {
    outDir: "dist",
    assetsDir: "app",
    rollupOptions: { input: ["index.html", "call.html"] },
    // Inlined files would be data: addresses, which the page's policy allows for pictures alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The kit and React: 200 kB packed, fetched once and kept for ever.
    chunkSizeWarningLimit: 800,
  },
  worker: { format: "es" },
  server: { proxy: { "/api": HOTLINE } },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
});

/** Beside each file of the folder a packed one, which the hotline sends to browsers that take it. */
function packed(folder: string): Plugin {
  return {
    name: "packed",
    apply: "build",
    closeBundle() {
      for (const name of readdirSync(folder).filter((one) => /\.(js|css)$/.test(one))) {
        const file = `${folder}/${name}`;
        writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
      }
    },
  };
}
