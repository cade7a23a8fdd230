// Walks docs/guides as their readers would: every word in bold is on the screen somewhere on the way, and every picture is of
// the way. `PICTURES=3` walks in the demo with weeks of work in it, its clock three hours ahead, and takes the pictures.
import { expect, test } from "@playwright/test";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { PHONE, denver, people, signIn } from "./common.js";

const GUIDES = "../docs/guides";
const TAKES = Boolean(process.env.PICTURES);

/** One guide's way: the words that were on the screen, and the pictures that were taken. */
class Way {
  words = new Set();
  pictures = new Set();
  constructor(guide) {
    this.guide = guide;
    this.text = readFileSync(`${GUIDES}/${guide}.md`, "utf8");
  }
  /** Keeps every name that stands on the page, folded menus included. */
  async read(page) {
    const names = await page.evaluate(() => {
      const plain = (e) => {
        const copy = e.cloneNode(true);
        for (const aside of copy.querySelectorAll(".out, kbd, .count, .opt, svg, .help")) aside.remove();
        return copy.textContent;
      };
      const all = document.querySelectorAll("a, button, summary, label, legend, h1, h2, h3, th, option, .tag, .status, .tick span, [role=note] b");
      return [...all].flatMap((e) => [plain(e), e.getAttribute("aria-label") ?? ""]).concat([...document.querySelectorAll("[aria-label], [placeholder]")].flatMap((e) => [e.getAttribute("aria-label"), e.getAttribute("placeholder")]));
    });
    for (const name of names) if (name) this.words.add(name.replaceAll(/\s+/g, " ").trim());
    return page;
  }
  async go(page, path) {
    await page.goto(path);
    return this.read(page);
  }
  /** What a person sees, as a small picture. */
  async picture(page, name, folder = `${GUIDES}/pictures`) {
    await this.read(page);
    this.pictures.add(name);
    if (!TAKES) return;
    await page.evaluate(() => document.fonts.ready);
    const devtools = await page.context().newCDPSession(page);
    const { data } = await devtools.send("Page.captureScreenshot", { format: "webp", quality: 72 });
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/${name}.webp`, Buffer.from(data, "base64"));
  }
  /** Holds the guide against the way. */
  end() {
    const bold = [...this.text.matchAll(/\*\*([^*]+)\*\*/g)].map(([, words]) => words);
    expect(bold.filter((words) => !this.words.has(words)), `${this.guide} names what is on no page`).toEqual([]);
    const shown = [...this.text.matchAll(/\]\(pictures\/([\w-]+)\.webp\)/g)].map(([, name]) => name);
    expect(shown.toSorted(), `${this.guide} shows what was not walked`).toEqual([...this.pictures].toSorted());
    for (const name of shown) expect(existsSync(`${GUIDES}/pictures/${name}.webp`), name).toBe(true);
  }
}

/** One of the demo's people, by the API. */
async function asks(request, name, method, path, data) {
  const key = people().find((p) => p.name.startsWith(name)).api_key;
  const answer = await request[method](`/api/v1${path}`, { headers: { authorization: `Bearer ${key}` }, ...(data ? { data } : {}) });
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
  return answer.json();
}

test("the owner's first day", async ({ browser }) => {
  const way = new Way("owner");
  const page = await signIn(browser, "Olivia");
  for (const path of ["/account", "/account/factors", "/settings/workspace", "/rates", "/imports", "/people", "/people/roles", "/settings/readiness"]) await way.go(page, path);
  await way.picture(await way.go(page, "/people/teams"), "owner-teams");
  await way.picture(await way.go(page, "/people/invitations"), "owner-invite");
  await way.picture(await way.go(page, "/settings/hipaa"), "owner-hipaa");
  way.end();
});

test("scheduling", async ({ browser }) => {
  const way = new Way("scheduler");
  const page = await signIn(browser, "Dora");
  await way.picture(await way.go(page, "/overview"), "scheduler-overview");
  if (TAKES) await way.picture(page, "overview", "../docs/pictures");
  way.pictures.delete("overview");
  await way.go(page, "/appointments/new");
  const start = denver(60 * 24 * 4);
  await page.locator("input[name=customer]").fill("St. Brigid Hospital");
  await page.getByLabel("LEP client").fill("Rosa Kanarya");
  await page.getByLabel("Date").fill(start.date);
  await page.getByLabel("Start").fill("10:30");
  await page.locator("input[name=language]").fill("Spanish");
  await page.getByRole("button", { name: "Continue to assignment" }).click();
  await page.getByLabel(/^Choose /).first().check();
  await way.picture(page, "scheduler-assignment");
  await way.go(page, "/appointments?view=all&q=FR-1001");
  await page.getByRole("link", { name: /FR-1001/ }).click();
  await expect(page.getByRole("complementary", { name: "FR-1001" })).toBeVisible();
  await way.picture(page, "scheduler-panel");
  await page.getByRole("link", { name: "Open the full page" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("FR-1001");
  await way.read(page);
  if (TAKES) await way.picture(page, "appointment", "../docs/pictures");
  way.pictures.delete("appointment");
  way.end();
});

test("on your phone, and billing what was done", async ({ browser, request }) => {
  const way = new Way("interpreter");
  const start = denver(-65);
  const { items } = await asks(request, "Dora", "get", "/interpreters?q=Reyes");
  const job = { ...start, start: start.time, minutes: "60", language: "Spanish", service_type: "in-person", team: "Northern Colorado", customer: "Cedar Family Clinic", lep_client: "Rosa Kanarya" };
  delete job.time;
  const booked = await asks(request, "Dora", "post", "/appointments", job);
  await asks(request, "Dora", "post", `/appointments/${booked.id}/assignment`, { interpreter: items[0].id });

  const dora = await signIn(browser, "Dora");
  await dora.goto("/appointments?view=all&q=FR-1003");
  await dora.getByRole("link", { name: /FR-1003/ }).click();
  await dora.getByRole("link", { name: "Open the full page" }).click();
  if (await dora.getByLabel("Choose Linh Tran").isVisible()) {
    await dora.getByLabel("Choose Linh Tran").check();
    await dora.getByRole("button", { name: "Offer to one" }).click();
  }
  const linh = await signIn(browser, "Linh", PHONE);
  await way.go(linh, "/today");
  await way.go(linh, "/offers");
  await linh.getByRole("link", { name: /Vietnamese/ }).first().click();
  await expect(linh.getByRole("button", { name: "Accept" })).toBeVisible();
  await way.picture(linh, "interpreter-offer");

  const pablo = await signIn(browser, "Pablo", PHONE);
  await way.picture(await way.go(pablo, "/today"), "interpreter-today");
  if (TAKES) await way.picture(pablo, "phone", "../docs/pictures");
  way.pictures.delete("phone");
  await pablo.goto(`/appointments/${booked.id}`);
  await way.read(pablo);
  await pablo.getByRole("button", { name: "Mark arrived" }).click();
  await way.read(pablo);
  await pablo.getByRole("button", { name: "End session" }).click();
  await expect(pablo.getByRole("button", { name: "Submit voucher" })).toBeVisible();
  await pablo.getByLabel("Miles").fill("12.7");
  await way.picture(pablo, "interpreter-voucher");
  await pablo.getByLabel("Started", { exact: true }).fill(denver(-65).time);
  await pablo.getByLabel("Ended", { exact: true }).fill(denver(-5).time);
  await pablo.getByLabel("Note").fill("Signed on paper");
  await pablo.getByLabel(/printed name/).fill("Rosa Kanarya");
  await pablo.getByRole("button", { name: "Submit voucher" }).click();
  await expect(pablo.locator(".app-head")).toContainText("In review");
  await way.go(pablo, "/schedule");
  await way.go(pablo, "/vouchers");
  way.end();

  const bill = new Way("biller");
  const bea = await signIn(browser, "Bea");
  await bill.go(bea, "/vouchers");
  await bea.getByRole("link", { name: new RegExp(booked.reference) }).click();
  await expect(bea.getByRole("button", { name: "Approve", exact: true })).toBeVisible();
  await bill.picture(bea, "biller-voucher");
  await bea.getByRole("button", { name: "Approve", exact: true }).click();
  await expect(bea.locator(".head")).toContainText("Approved");
  const voucher = bea.url();
  await bill.read(bea);
  await bill.go(bea, "/invoices");
  await bea.goto(voucher);
  await bea.locator("summary", { hasText: "Create invoice…" }).click();
  await bea.getByRole("button", { name: "Create invoice", exact: true }).click();
  await expect(bea.getByRole("heading", { name: /^Invoice \d+/ })).toBeVisible();
  await bill.picture(bea, "biller-invoice");
  await bill.go(bea, "/rates");
  bill.end();
});

test("requesting", async ({ browser, request }) => {
  const way = new Way("requester");
  const page = await signIn(browser, "Rita");
  await way.go(page, "/");
  const start = denver(60 * 24 * 6);
  await way.go(page, "/appointments/new");
  await page.getByLabel("Date").fill(start.date);
  await page.getByLabel("Start").fill("10:00");
  await page.locator("input[name=language]").fill("Somali");
  await way.picture(page, "requester-form");
  await page.getByRole("button", { name: "Continue to review" }).click();
  await way.read(page);
  await page.getByRole("button", { name: "Book" }).click();
  await way.read(page);
  await way.picture(await way.go(page, "/appointments"), "requester-list");
  // The words of a status that none of hers has yet.
  const parts = await (await signIn(browser, "Dora")).goto("/parts");
  const named = await parts.text();
  for (const status of ["Requested", "Pending", "Assigned"]) if (named.includes(status)) way.words.add(status);
  way.end();
});

test("compliance and operation", async ({ browser }) => {
  const way = new Way("compliance");
  const page = await signIn(browser, "Carl");
  await way.picture(await way.go(page, "/audit"), "compliance-log");
  for (const path of ["/audit?outcome=refused", "/audit/findings", "/audit/affected", "/retention", "/settings/hipaa", "/appointments"]) await way.go(page, path);
  await way.picture(await way.go(page, "/audit/integrity"), "compliance-integrity");
  await way.picture(await way.go(page, "/settings/readiness"), "compliance-readiness");
  await page.goto("/appointments?view=all&q=FR-1001");
  await page.getByRole("link", { name: /FR-1001/ }).click();
  await page.getByRole("link", { name: "Open the full page" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("FR-1001");
  await way.read(page);
  way.end();
});

test("no picture is of nothing", () => {
  const texts = readdirSync(GUIDES).filter((name) => name.endsWith(".md")).map((name) => readFileSync(`${GUIDES}/${name}`, "utf8")).join("\n");
  for (const name of readdirSync(`${GUIDES}/pictures`)) expect(texts, name).toContain(`pictures/${name}`);
  const readme = readFileSync("../README.md", "utf8");
  for (const name of readdirSync("../docs/pictures")) expect(readme, name).toContain(`docs/pictures/${name}`);
});
