// Lighthouse for the ten main pages, at a desk and on a phone with slow 4G. Run by hand, against a release build:
//   npm ci && npm install --no-save lighthouse@13 && INTERPRES_BIN=../target/release/interpres node lighthouse.mjs
// It prints a table for docs/pages.md.
import { chromium } from "@playwright/test";
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import lighthouse, { desktopConfig } from "lighthouse";
import { BIN, DATA, signIn } from "./common.js";
import { mainPages } from "./main-pages.js";

const HERE = "http://localhost:8097";
const PORT = 9322;

rmSync(DATA, { recursive: true, force: true });
const server = spawn(BIN, ["demo", "--data", DATA, "--listen", "127.0.0.1:8097"], { stdio: "ignore" });
while ((await fetch(`${HERE}/readyz`).then((r) => r.status, () => 0)) !== 200) await new Promise((done) => setTimeout(done, 300));

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", `--remote-debugging-port=${PORT}`] });
const at = { newContext: (options) => browser.newContext({ baseURL: HERE, viewport: { width: 1280, height: 860 }, ...options }) };
const pages = await mainPages(at, (_, name, viewport) => signIn(at, name, viewport));

const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
let failed = false;
console.log("| page | at a desk | phone, slow 4G | first paint, phone | shift |\n|---|---|---|---|---|");
for (const { name, path, context } of pages) {
  const cookies = (context.storageState?.cookies ?? []).map((c) => `${c.name}=${c.value}`).join("; ");
  const flags = { port: PORT, output: "json", onlyCategories: CATEGORIES, extraHeaders: cookies ? { Cookie: cookies } : {} };
  const results = {};
  for (const [where, config] of [["desk", desktopConfig], ["phone", undefined]]) {
    const { lhr } = await lighthouse(HERE + path, flags, config);
    results[where] = { scores: CATEGORIES.map((c) => Math.round(lhr.categories[c].score * 100)), lhr };
    for (const audit of Object.values(lhr.audits)) if (process.env.WHY && audit.score !== null && audit.score < 0.9) console.error(`${name} ${where}: ${audit.id} ${audit.score} ${audit.displayValue ?? ""}`);
  }
  const said = (where) => results[where].scores.join(" · ");
  const audits = results.phone.lhr.audits;
  failed ||= [...results.desk.scores, ...results.phone.scores].some((score) => score < 95);
  console.log(`| ${name} | ${said("desk")} | ${said("phone")} | ${audits["first-contentful-paint"].displayValue} | ${audits["cumulative-layout-shift"].displayValue} |`);
}
await browser.close();
server.kill("SIGTERM");
process.exitCode = failed ? 1 : 0;
