// The parts and the main pages, compared with how they looked when somebody last looked: light, dark, on a phone, mirrored.
// The server's clock stands at a morning in December, so that nothing but the look can change. New pictures:
// npx playwright test pictures --update-snapshots
import { expect, test } from "@playwright/test";
import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { BIN, DATA, PHONE, codeOf } from "./common.js";
import { mainPages } from "./main-pages.js";

test.describe.configure({ mode: "serial" });

const MORNING = Date.UTC(2026, 11, 1, 15, 0, 0);
const PORT = Number(process.env.INTERPRES_E2E_PORT ?? 8097) - 2;
const HERE = `http://localhost:${PORT}`;
const FOLDER = `${DATA}-pictures`;
// Half as many pixels: small files, and no anti-aliasing of single dots.
const SMALL = { baseURL: HERE, deviceScaleFactor: 0.5, reducedMotion: "reduce", locale: "en-US", timezoneId: "America/Denver" };

let server;
let begun;

test.beforeAll(async () => {
  test.setTimeout(90_000);
  rmSync(FOLDER, { recursive: true, force: true });
  begun = Date.now();
  server = spawn("faketime", ["-f", "@2026-12-01 15:00:00", BIN, "demo", "--bare", "--data", FOLDER, "--listen", `127.0.0.1:${PORT}`], { detached: true, stdio: "ignore", env: { ...process.env, TZ: "UTC" } });
  await expect.poll(() => fetch(`${HERE}/readyz`).then((r) => r.status, () => 0), { timeout: 60_000 }).toBe(200);
});

test.afterAll(() => {
  process.kill(-server.pid, "SIGTERM");
  rmSync(FOLDER, { recursive: true, force: true });
});

/** Somebody of that world, signed in by the clock of its server. */
async function enter(browser, name, viewport) {
  const person = JSON.parse(readFileSync(`${FOLDER}/demo.json`, "utf8")).people.find((p) => p.name.startsWith(name));
  const page = await (await browser.newContext({ ...SMALL, ...(viewport ? { viewport } : {}) })).newPage();
  await page.goto("/sign-in");
  await page.getByLabel("Email", { exact: true }).fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  // Half a minute ahead: the code of this half minute was used when the world was made.
  await page.getByLabel("Code from your authenticator app").fill(codeOf(person.totp_secret, MORNING + Date.now() - begun + 30_000));
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.locator(".me > summary")).toBeVisible();
  return page;
}

/** What the clock moves all the same: minutes that passed, and when an entry was written. */
const moves = (page) => [page.locator("time"), page.locator(".story time"), page.locator(".entry > .num"), page.locator(".timer-chip"), page.locator(".dateline")];

async function compare(page, name) {
  await page.evaluate(() => document.fonts.ready);
  await expect(page).toHaveScreenshot(`${name}.png`, { mask: moves(page), maxDiffPixelRatio: 0.01, threshold: 0.3, scale: "device" });
}

test("the main pages look as they did", async ({ browser }) => {
  test.setTimeout(180_000);
  const pages = await mainPages(browser, enter);
  const dora = pages.find((page) => page.name === "overview").context;
  pages.push({ name: "parts", path: "/parts", context: dora }, { name: "parts-mirrored", path: "/parts", context: dora, dir: "rtl" });
  for (const { name, path, context: options, dir } of pages) {
    const isPhone = "isMobile" in options;
    const isParts = name.startsWith("parts");
    const scale = isPhone ? 0.75 : isParts ? 0.35 : SMALL.deviceScaleFactor;
    const context = await browser.newContext({ ...SMALL, ...options, deviceScaleFactor: scale });
    const page = await context.newPage();
    await page.goto(path);
    if (dir) await page.evaluate((dir) => (document.documentElement.dir = dir), dir);
    const file = name.replaceAll(" ", "-");
    // All of the parts, and what of the others is seen without scrolling.
    const height = isParts ? await page.evaluate(() => document.documentElement.scrollHeight) : 860;
    if (!isPhone) await page.setViewportSize({ width: 1280, height });
    for (const colorScheme of dir ? ["light"] : ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await compare(page, `${file}-${colorScheme}`);
    }
    if (!isPhone && !dir) {
      await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      await page.setViewportSize(PHONE);
      await compare(page, `${file}-phone`);
    }
    await context.close();
  }
});
