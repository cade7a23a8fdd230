// Every page that a person comes to by following links, for each kind of person: nothing inaccessible in either theme, at
// any width, at twice the size, and nothing that runs over the edge.
import { expect, test } from "@playwright/test";
import { PHONE, faults, listen, signIn, tooWide } from "./common.js";

const PEOPLE = [["Olivia", "owner"], ["Dora", "scheduler"], ["Bea", "biller"], ["Carl", "compliance"], ["Vera", "viewer"], ["Rita", "requester"], ["Ines", "interpreter", PHONE]];

/** What is a file, or leaves. */
const NO_PAGE = /\/(export|pdf|rejected\.csv|disclosures\.csv|text|templates\/[^/]+|pictures\/[^/]+)$|^\/(assets|api)\//;

/** A page as one of its kind: whose it is says nothing of how it is made. */
const kind = (path) => path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "{id}").replace(/\/new\/[\w-]{20,}\//, "/new/{draft}/");

const HEIGHT = 860;
const walked = new Set();
const found = [];

/** Looks at a page in all its looks where its kind was not seen yet, and once where it was. */
async function lookAt(page, who, path) {
  const say = (look, what) => found.push(`${who} ${path} ${look}: ${what}`);
  const isNew = !walked.has(kind(path));
  walked.add(kind(path));
  const check = async (look, more) => {
    for (const fault of await faults(page, more)) say(look, fault);
    const wide = await tooWide(page);
    if (wide > 0) say(look, `${wide} px too wide`);
  };
  await check("at 1280");
  if (!isNew) return;
  // Colors are the same at every width, and are what takes axe longest.
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: HEIGHT });
    await check(`at ${width}`, { rules: { "color-contrast": { enabled: false } } });
  }
  // Browsers zoom by making the window's own pixels fewer.
  await page.setViewportSize({ width: 640, height: HEIGHT / 2 });
  const zoomed = await tooWide(page);
  if (zoomed > 0) say("at 200 %", `${zoomed} px too wide`);
  await page.setViewportSize({ width: 1280, height: HEIGHT });
  await page.emulateMedia({ colorScheme: "dark" });
  await check("in the dark", { runOnly: ["color-contrast", "link-in-text-block"] });
  await page.emulateMedia({ colorScheme: "light" });
}

/** Follows links from the first page on, several pages at a time. */
async function walk(context, who, from) {
  const queue = [...from];
  const known = new Set(queue.map(kind));
  let under = 0;
  const worker = async () => {
    const page = listen(await context.newPage());
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    for (;;) {
      const path = queue.shift();
      if (!path && !under) break;
      if (!path) {
        await new Promise((done) => setTimeout(done, 50));
        continue;
      }
      under += 1;
      await page.setViewportSize({ width: 1280, height: HEIGHT });
      const answer = await page.goto(path);
      if (answer.status() >= 400) found.push(`${who} ${path}: answered ${answer.status()}`);
      const links = await page.locator("a[href]:not([download])").evaluateAll((all) => all.map((a) => new URL(a.href)).filter((url) => url.origin === location.origin).map((url) => url.pathname));
      for (const next of links) {
        if (NO_PAGE.test(next) || known.has(kind(next))) continue;
        known.add(kind(next));
        queue.push(next);
      }
      await lookAt(page, who, new URL(page.url()).pathname);
      under -= 1;
    }
    for (const wrong of page.wrong) found.push(`${who}: ${wrong}`);
    await page.close();
  };
  await Promise.all([worker(), worker()]);
  return known.size;
}

test("every page that opens without signing in", async ({ browser }) => {
  const context = await browser.newContext();
  await walk(context, "nobody", ["/sign-in", "/password/forgotten"]);
  const page = listen(await context.newPage());
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.setViewportSize({ width: 1280, height: HEIGHT });
  await page.goto("/nothing/here");
  await lookAt(page, "nobody", "/nothing/here");
  await context.close();
  expect(found).toEqual([]);
});

for (const [who, role, size] of PEOPLE) {
  test(`every page that the ${role} comes to`, async ({ browser }) => {
    test.setTimeout(400_000);
    const page = await signIn(browser, who, size);
    found.length = 0;
    const many = await walk(page.context(), role, ["/", "/notices", "/account"]);
    console.log(`${role}: ${many} kinds of pages`);
    await page.context().close();
    expect(found).toEqual([]);
  });
}
