// What every browser story begins with: who there is, how they sign in, how a page is looked at.
import { expect } from "@playwright/test";
import axe from "axe-core";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";

export const BIN = process.env.INTERPRES_BIN ?? "../target/debug/interpres";
export const DATA = process.env.INTERPRES_E2E_DATA ?? "/tmp/interpres-e2e";
export const PHONE = { width: 390, height: 844 };
export const people = () => JSON.parse(readFileSync(`${DATA}/demo.json`, "utf8")).people;

/** How late it is in the demo: `PICTURES` sets its clock ahead by so many hours, to a busy part of the day. */
export const now = () => Date.now() + Number(process.env.PICTURES ?? 0) * 3_600_000;

/** The code that an authenticator app with this seed shows at a moment (RFC 6238). */
export function codeOf(seed, at = now()) {
  const bits = [...seed].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac("sha1", key).update(step).digest();
  const place = mac[19] & 15;
  return String((mac.readUInt32BE(place) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** A moment as date and time of day in Denver. */
export function denver(minutesFromNow) {
  const at = new Date(now() + minutesFromNow * 60_000);
  const parts = Object.fromEntries(new Intl.DateTimeFormat("en-CA", { timeZone: "America/Denver", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(at).map((p) => [p.type, p.value]));
  return { date: `${parts.year}-${parts.month}-${parts.day}`, time: `${parts.hour}:${parts.minute}` };
}

const used = new Map();

/** A code that was not used yet: the app's next one is a step ahead, which counts as well. */
export async function freshCode(seed) {
  for (;;) {
    for (const ahead of [0, 30_000]) {
      const step = Math.floor((now() + ahead) / 30_000);
      if (step > (used.get(seed) ?? 0)) {
        used.set(seed, step);
        return codeOf(seed, now() + ahead);
      }
    }
    await new Promise((done) => setTimeout(done, 1000));
  }
}

/** Keeps what the console says. */
export function listen(page) {
  page.wrong = [];
  page.on("console", (m) => m.type() === "error" && !m.text().includes("status of 4") && page.wrong.push(m.text()));
  page.on("pageerror", (e) => page.wrong.push(String(e)));
  return page;
}

const kept = new Map();

/** Somebody of the demo, signed in; the second time in the session of the first. */
export async function signIn(browser, name, viewport, more = {}) {
  const person = people().find((p) => p.name.startsWith(name));
  const size = viewport ? { viewport, hasTouch: true, isMobile: true } : {};
  const context = await browser.newContext({ ...size, ...more, storageState: kept.get(name) });
  const page = listen(await context.newPage());
  if (kept.has(name)) {
    await page.goto("/");
    // Another story may have signed them out.
    if (!page.url().includes("/sign-in")) return page;
  }
  await page.goto("/sign-in");
  await page.getByLabel("Email", { exact: true }).fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByLabel("Code from your authenticator app").fill(await freshCode(person.totp_secret));
  await page.getByRole("button", { name: "Sign in" }).click();
  // The user terms come first for who has not accepted them; that page has a way out of its own.
  await expect(page.locator(".me > summary").or(page.getByRole("button", { name: "Sign out", exact: true })).first()).toBeVisible();
  kept.set(name, await context.storageState());
  return page;
}

/** Opens one's own menu and chooses from it. */
export async function fromMenu(page, role, name) {
  await page.locator(".me > summary").click();
  await page.getByRole(role, { name, exact: true }).first().click();
}

/** Proves once more, where it is asked for. */
export async function prove(page, name) {
  await page.getByLabel("Code from your authenticator app").fill(await freshCode(people().find((p) => p.name.startsWith(name)).totp_secret));
  await page.getByRole("button", { name: "Continue", exact: true }).click();
}

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds on a page as it stands: by WCAG 2.2 AA and by its rules of good practice. */
export async function faults(page, more = {}) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const asked = { runOnly: TAGS, resultTypes: ["violations"], ...more };
  const { violations } = await page.evaluate((asked) => window.axe.run(document, asked), asked);
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(", ")}`);
}

/** By how many pixels a page is wider than its window. */
export const tooWide = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Looks at a page: nothing inaccessible, nothing in the console, and a picture to look at. */
export async function look(page, name) {
  expect(await faults(page)).toEqual([]);
  expect(page.wrong ?? []).toEqual([]);
  expect(await tooWide(page), `${name} scrolls sideways`).toBeLessThanOrEqual(0);
  // No protected value stands in an address or stays in the browser.
  expect(page.url()).not.toMatch(/kanarya/i);
  const kept = await page.evaluate(async () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, await indexedDB.databases(), await caches.keys(), document.cookie]));
  expect(kept).toBe('[{},{},[],[],""]');
  await page.screenshot({ path: `shots/${name}.png`, fullPage: true });
}

/** Types a part of a name into a field that suggests, and takes what is meant. */
export async function choose(page, field, part, words) {
  await page.getByRole("combobox", { name: field }).fill(part);
  await page.getByRole("option", { name: words }).click();
}
