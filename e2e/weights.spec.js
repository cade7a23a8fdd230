// What the ten main pages weigh when they are opened for the first time, and how little they move while they come.
import { expect, test } from "@playwright/test";
import { mainPages } from "./main-pages.js";

const MOST_BYTES = 100 * 1024;
const MOST_SHIFT = 0.05;

test("the main pages are light, and stand still while they come", async ({ browser }) => {
  test.setTimeout(120_000);
  const lines = [];
  for (const { name, path, context: options } of await mainPages(browser)) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await page.addInitScript(() => {
      window.shift = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((e) => (window.shift += e.hadRecentInput ? 0 : e.value))).observe({ type: "layout-shift", buffered: true });
    });
    const devtools = await context.newCDPSession(page);
    await devtools.send("Network.enable");
    // A slow line, so that what comes late moves what is there.
    await devtools.send("Network.emulateNetworkConditions", { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 90_000 });
    let bytes = 0;
    devtools.on("Network.loadingFinished", (e) => (bytes += e.encodedDataLength));
    await page.goto(path, { waitUntil: "networkidle" });
    await page.evaluate(() => document.fonts.ready);
    const shift = await page.evaluate(() => window.shift);
    lines.push({ name, kilobytes: Math.round(bytes / 102.4) / 10, shift: Math.round(shift * 1000) / 1000, bytes });
    await context.close();
  }
  console.log(lines.map((l) => `${l.name.padEnd(16)} ${String(l.kilobytes).padStart(6)} KB  shift ${l.shift}`).join("\n"));
  expect(lines.filter((l) => l.bytes > MOST_BYTES).map((l) => l.name)).toEqual([]);
  expect(lines.filter((l) => l.shift > MOST_SHIFT).map((l) => l.name)).toEqual([]);
});
