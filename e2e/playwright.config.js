import { defineConfig } from "@playwright/test";

const { PICTURES, INTERPRES_E2E_PORT: PORT = "8097", INTERPRES_E2E_DATA: DATA = "/tmp/interpres-e2e", INTERPRES_BIN: BIN = "../target/debug/interpres" } = process.env;

// One browser, one server, one story: the steps lean on each other.
export default defineConfig({
  testDir: ".",
  workers: 1,
  retries: 0,
  timeout: 60_000,
  reporter: [["list"]],
  snapshotPathTemplate: "{testDir}/pictures/{arg}{ext}",
  use: {
    baseURL: process.env.INTERPRES_URL ?? `http://localhost:${PORT}`,
    browserName: "chromium",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    },
    viewport: { width: 1280, height: 860 },
  },
  webServer: {
    command: `rm -rf ${DATA} && ${PICTURES ? `faketime -f +${PICTURES}h ` : ""}${BIN} demo ${PICTURES ? "" : "--bare"} --data ${DATA} --listen 127.0.0.1:${PORT} --private-providers`,
    url: `http://127.0.0.1:${PORT}/readyz`,
    timeout: 120_000,
    gracefulShutdown: { signal: "SIGTERM", timeout: 10_000 },
  },
});
