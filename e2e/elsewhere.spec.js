// Another site tries what it can with the cookies of somebody who is signed in here.
import { expect, test } from "@playwright/test";
import { createServer } from "node:http";
import { readFileSync, readdirSync } from "node:fs";
import { people, signIn } from "./common.js";

const HERE = "http://localhost:8097";
const areas = readdirSync("../crates/web/src", { recursive: true }).filter((name) => name.endsWith("routes.rs"));
const sources = areas.map((name) => readFileSync(`../crates/web/src/${name}`, "utf8")).join("\n");
/** Every form there is, from where routes are made; one id stands for all. */
const forms = [...sources.matchAll(/\.(?:open_)?form\(\s*"([^"]+)"/g)].map(([, path]) => path.replace(/\{[^}]+\}/g, "01890000-0000-7000-8000-000000000000"));

test("no form, script or picture of another site does anything here", async ({ browser }) => {
  expect(forms.length).toBeGreaterThan(90);
  const server = createServer((_, answer) => answer.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Elsewhere</title><p>Another site.")).listen(8099, "127.0.0.1");
  const page = await signIn(browser, "Adam");
  const key = people().find((p) => p.name.startsWith("Olivia")).api_key;
  /** What Adam did, by the log; what he was refused would stand there too. */
  const log = async () => {
    const { items } = await (await page.request.get(`${HERE}/api/v1/audit/entries?limit=200`, { headers: { authorization: `Bearer ${key}` } })).json();
    return items.filter((entry) => entry.actor_name === "Adam Novak").length;
  };
  const refused = [];
  // Another site (127.0.0.1 is none of localhost's), and the same site at another port.
  for (const origin of ["http://127.0.0.1:8099", "http://localhost:8099"]) {
    const elsewhere = await page.context().newPage();
    await elsewhere.goto(origin);
    const before = await log();
    // Chromium keeps the answers from the page, so they are heard beneath it.
    const devtools = await page.context().newCDPSession(elsewhere);
    await devtools.send("Network.enable");
    const urls = new Map();
    const statuses = new Map();
    devtools.on("Network.requestWillBeSent", ({ requestId, request }) => urls.set(requestId, request.url));
    devtools.on("Network.responseReceivedExtraInfo", ({ requestId, statusCode }) => statuses.set(requestId, statusCode));
    const answer = (path) => statuses.get([...urls].find(([, url]) => url === HERE + path)?.[0]);
    await elsewhere.evaluate(([here, paths]) => Promise.all(paths.map((path) => fetch(here + path, { method: "POST", mode: "no-cors", credentials: "include", body: new URLSearchParams({ name: "x", role: "owner" }) }).catch(() => null))), [HERE, forms]);
    await expect.poll(() => forms.filter((path) => !answer(path))).toEqual([]);
    refused.push(...forms.map((path) => [path, answer(path)]));
    expect(await log()).toBe(before);
    // Reading is no use either: no answer may be read, framed or run.
    const read = await elsewhere.evaluate((url) => fetch(url, { credentials: "include" }).then((r) => r.type, (e) => e.name), `${HERE}/customers`);
    expect(read).toBe("TypeError");
    await elsewhere.evaluate((url) => { const frame = document.createElement("iframe"); frame.src = url; document.body.append(frame); }, `${HERE}/customers`);
    await elsewhere.waitForTimeout(300);
    expect(elsewhere.frames().some((frame) => frame.url() === `${HERE}/customers`)).toBe(false);
    // A form that is sent as a whole page, as a link in a letter would.
    await elsewhere.goto(origin);
    const whole = elsewhere.waitForResponse((r) => r.url() === `${HERE}/session/end`);
    await elsewhere.evaluate((url) => { const form = document.createElement("form"); form.method = "post"; form.action = url; document.body.append(form); form.submit(); }, `${HERE}/session/end`);
    expect((await whole).status()).toBe(403);
    await elsewhere.close();
  }
  expect(refused.filter(([, status]) => status !== 403)).toEqual([]);
  await page.goto("/customers");
  await expect(page.locator(".me > summary")).toBeVisible();
  server.close();
});
