// The whole main job, clicked through: import, book, dispatch, work, bill, prove.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const DATA = process.env.INTERPRES_E2E_DATA ?? "/tmp/interpres-e2e";
const PHONE = { width: 390, height: 844 };
const people = () => JSON.parse(readFileSync(`${DATA}/demo.json`, "utf8")).people;

test.describe.configure({ mode: "serial" });

async function signIn(browser, name, viewport) {
  const person = people().find((p) => p.name.startsWith(name));
  const context = await browser.newContext(viewport ? { viewport, hasTouch: true, isMobile: true } : {});
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (m) => m.type() === "error" && !m.text().includes("status of 4") && wrong.push(m.text()));
  page.on("pageerror", (e) => wrong.push(String(e)));
  page.wrong = wrong;
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  return page;
}

/** Looks at a page: nothing inaccessible, nothing in the console, and a picture to look at. */
async function look(page, name) {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(", ")}`)).toEqual([]);
  expect(page.wrong ?? []).toEqual([]);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(wide, `${name} scrolls sideways`).toBeLessThanOrEqual(0);
  // No protected value stands in an address or stays in the browser.
  expect(page.url()).not.toMatch(/kanarya/i);
  const kept = await page.evaluate(async () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, await indexedDB.databases(), await caches.keys(), document.cookie]));
  expect(kept).toBe('[{},{},[],[],""]');
  await page.screenshot({ path: `shots/${name}.png`, fullPage: true });
}

/** A moment as date and time of day in Denver. */
function denver(minutesFromNow) {
  const at = new Date(Date.now() + minutesFromNow * 60_000);
  const parts = Object.fromEntries(new Intl.DateTimeFormat("en-CA", { timeZone: "America/Denver", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(at).map((p) => [p.type, p.value]));
  return { date: `${parts.year}-${parts.month}-${parts.day}`, time: `${parts.hour}:${parts.minute}` };
}

test("a wrong password is told without saying what was wrong", async ({ page }) => {
  await page.goto("/appointments");
  await expect(page).toHaveURL(/sign-in\?next=\/appointments/);
  await page.getByLabel("E-mail address").fill("nobody@example.org");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("Address or password is not right");
  await look(page, "01-sign-in");
});

test("Dora imports a list as it is", async ({ browser }) => {
  const page = await signIn(browser, "Dora");
  await expect(page.getByRole("heading", { name: "Appointments" })).toBeVisible();
  await look(page, "02-appointments");
  await page.getByRole("link", { name: "Imports" }).click();
  await look(page, "03-imports");
  await page.getByLabel("File").setInputFiles("fixtures/interpreters.csv");
  await page.getByRole("button", { name: "Upload and review" }).click();
  await expect(page.getByText("What did not match")).toBeVisible();
  await expect(page.getByLabel("Mandrin means")).toHaveValue("Mandarin");
  await page.getByLabel("North Colorado means").selectOption("Northern Colorado");
  await look(page, "04-import-mapping");
  await page.getByRole("button", { name: "Use this mapping" }).click();
  await expect(page.getByText("Every language, team and customer in the file is known.")).toBeVisible();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: /Download the 4 bad rows/ }).click();
  const bad = readFileSync(await (await download).path(), "utf8");
  expect(bad).toContain("'=HYPERLINK");
  expect(bad).toContain("email stands in row 2 already");
  await page.getByRole("button", { name: "Import 2 rows" }).click();
  await expect(page.getByText("2 added")).toBeVisible({ timeout: 15_000 });
  await look(page, "05-import-done");
  await page.getByRole("link", { name: "Interpreters" }).click();
  await expect(page.getByText("Park, Mei")).toBeVisible();
  await look(page, "06-interpreters");
  await page.getByRole("link", { name: "Park, Mei" }).click();
  await look(page, "07-interpreter");
  await page.getByRole("link", { name: "Customers" }).click();
  await look(page, "08-customers");
});

test("a request with everything wrong is told all of it and loses nothing", async ({ browser }) => {
  const page = await signIn(browser, "Dora");
  await page.goto("/appointments/new");
  await page.getByLabel("Date").fill("2027-03-14");
  await page.getByLabel("Start").fill("02:30");
  await page.getByLabel("Language").selectOption("Spanish");
  await page.getByLabel("Customer").selectOption("St. Brigid Hospital");
  await page.getByLabel("LEP client").fill("Rosa Kanarya");
  await page.getByRole("button", { name: "Continue to assignment" }).click();
  await expect(page.getByRole("alert")).toContainText("Did you mean 03:30?");
  await expect(page.getByLabel("LEP client")).toHaveValue("Rosa Kanarya");
  await look(page, "09-form-with-problem");
  await page.getByLabel("Start").fill("25:00");
  await page.getByLabel("For the interpreter").fill("SSN 123-45-6789");
  await page.getByRole("button", { name: "Continue to assignment" }).click();
  await expect(page.getByRole("alert")).toContainText("social security number");
});

test("Dora books in three steps and offers it to Ines", async ({ browser }) => {
  const page = await signIn(browser, "Dora");
  const start = denver(-70);
  await page.getByRole("link", { name: "New appointment" }).click();
  await page.getByLabel("Date").fill(start.date);
  await page.getByLabel("Start").fill(start.time);
  await page.getByLabel("Minutes").fill("60");
  await page.getByLabel("Language").selectOption("Spanish");
  await page.getByLabel("Customer").selectOption("St. Brigid Hospital");
  await page.getByLabel("Team").selectOption("Denver Metro");
  await page.getByLabel("LEP client").fill("Rosa Kanarya");
  await page.getByLabel("Own reference").fill("E2E-1");
  await look(page, "10-book-details");
  await page.getByRole("button", { name: "Continue to assignment" }).click();
  await page.getByLabel("Choose Ines Ruiz").check();
  await page.getByLabel("Offer to the first chosen").check();
  await page.getByText("can't take it: why not").click();
  await look(page, "11-book-assignment");
  await page.getByRole("button", { name: "Continue to review" }).click();
  await expect(page.getByText("Offer to Ines Ruiz")).toBeVisible();
  await look(page, "12-book-review");
  await page.getByRole("button", { name: "Book" }).click();
  await expect(page.getByRole("heading", { name: /E2E-1/ })).toContainText("Pending");
  await look(page, "13-appointment-pending");
});

test("Ines accepts on her phone, works, and files the voucher with a drawn signature", async ({ browser }) => {
  const page = await signIn(browser, "Ines", PHONE);
  await look(page, "20-phone-today");
  await page.getByRole("link", { name: "Offers", exact: true }).click();
  await look(page, "21-phone-offers");
  await page.getByRole("link", { name: /Spanish/ }).click();
  await expect(page.getByText("Denver 80204")).toBeVisible();
  await look(page, "22-phone-offer");
  await page.getByRole("button", { name: "Accept" }).click();
  await expect(page.getByText("Rosa Kanarya")).toBeVisible();
  await look(page, "23-phone-assigned");
  await page.getByRole("button", { name: "Mark arrived" }).click();
  await page.getByRole("button", { name: "End the session" }).click();
  await expect(page.getByText("Incomplete")).toBeVisible();
  await page.getByLabel("Miles").fill("far");
  await page.getByLabel("Note").fill("All went well");
  await page.getByRole("button", { name: "Submit the voucher" }).click();
  await expect(page.getByRole("alert")).toContainText("must be miles like 12.7");
  await expect(page.getByLabel("Note")).toHaveValue("All went well");
  await page.getByLabel("Miles").fill("12.7");
  await page.getByLabel(/Printed name/).fill("Rosa Kanarya");
  await page.locator("canvas").evaluate((c) => c.scrollIntoView({ block: "center" }));
  const pad = await page.locator("canvas").boundingBox();
  await page.mouse.move(pad.x + 30, pad.y + 90);
  await page.mouse.down();
  for (let i = 0; i <= 20; i += 1) await page.mouse.move(pad.x + 30 + i * 11, pad.y + 90 - 40 * Math.sin(i / 2));
  await page.mouse.up();
  await look(page, "24-phone-voucher");
  await page.getByRole("button", { name: "Submit the voucher" }).click();
  await expect(page.getByRole("heading", { name: /Voucher E2E-1/ })).toContainText("Submitted");
  await look(page, "25-phone-submitted");
});

test("Bea approves, sees the trace, and makes an invoice without a client's name", async ({ browser }) => {
  const page = await signIn(browser, "Bea");
  await look(page, "30-vouchers");
  await page.getByRole("link", { name: "E2E-1" }).click();
  await expect(page.getByText(/miles at 0.725 USD a mile/).first()).toBeVisible();
  await expect(page.getByText("Rosa Kanarya")).toHaveCount(0);
  await look(page, "31-voucher");
  await page.getByRole("button", { name: "Approve" }).click();
  await expect(page.getByRole("heading", { name: /Voucher E2E-1/ })).toContainText("Approved");
  await page.getByRole("link", { name: "Invoices" }).click();
  await look(page, "32-invoices-waiting");
  await page.getByRole("button", { name: "Make the invoice for St. Brigid Hospital" }).click();
  await expect(page.getByRole("heading", { name: /Invoice 1/ })).toBeVisible();
  await look(page, "33-invoice");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download PDF" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("invoice-1.pdf");
  await file.saveAs("shots/invoice-1.pdf");
  expect(readFileSync("shots/invoice-1.pdf").subarray(0, 5).toString()).toBe("%PDF-");
  await page.getByRole("link", { name: "Rates" }).click();
  await look(page, "34-rates");
});

test("Olivia sees all of it in the audit log and the record's history", async ({ browser }) => {
  const page = await signIn(browser, "Olivia");
  await page.getByRole("link", { name: "Audit log" }).click();
  await look(page, "40-audit");
  await page.getByLabel("What").fill("offer.accept");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page.getByRole("cell", { name: /Ines Ruiz/ })).toBeVisible();
  await page.getByRole("link", { name: "appointment", exact: true }).first().click();
  await expect(page.getByText("voucher.file").first()).toBeVisible();
  await look(page, "41-audit-of-a-record");
  const export_ = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export with proofs" }).click();
  expect(readFileSync(await (await export_).path(), "utf8").split("\n")[0]).toContain("interpres-audit-export/1");
  await page.getByRole("link", { name: "Integrity" }).click();
  await expect(page.getByText("all as they were saved")).toBeVisible();
  await look(page, "41-integrity");
  await page.goto("/appointments?q=E2E-1");
  await page.getByRole("link", { name: "E2E-1" }).click();
  await look(page, "42-appointment-completed");
  await page.getByRole("link", { name: "History" }).click();
  await expect(page.getByText("Version 3")).toBeVisible();
  await look(page, "43-history");
  await page.getByRole("link", { name: "Appointments" }).click();
  await page.getByRole("textbox", { name: "Client" }).fill("ros");
  await page.getByRole("button", { name: "Find" }).click();
  expect(page.url()).not.toContain("ros");
  await look(page, "43-search");
  await page.getByRole("link", { name: "E2E-1" }).click();
  await page.getByText("Erase the client…").click();
  await page.getByLabel("Request or rule, without names").fill("Request 2027-14");
  await page.getByRole("button", { name: "Erase for good" }).click();
  await expect(page.getByRole("cell", { name: "Request 2027-14" })).toBeVisible();
  await look(page, "43-erasures");
  await page.getByRole("link", { name: "E2E-1" }).click();
  await expect(page.getByText("(erased)").first()).toBeVisible();
  await look(page, "43-erased");
  await page.getByRole("link", { name: "People" }).click();
  await look(page, "44-people");
  await page.getByRole("link", { name: "Account" }).click();
  await look(page, "45-account");
});

test("Olivia watches a name, asks who saw a client, saves a filter, and takes everything away", async ({ browser }) => {
  const page = await signIn(browser, "Olivia");
  await page.goto("/audit?outcome=refused");
  await page.getByLabel("Save this filter as").fill("Refusals");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: "Refusals" }).click();
  await expect(page).toHaveURL(/outcome=refused/);
  await look(page, "46-saved-query");
  await page.getByRole("link", { name: "Findings" }).click();
  await page.getByLabel("Client's name").fill("Rosa Kanarya");
  await page.getByLabel("Why, without names").fill("Ticket 12");
  await page.getByRole("button", { name: "Watch" }).click();
  await expect(page.getByText("Ticket 12")).toBeVisible();
  await look(page, "47-findings");
  await page.getByRole("link", { name: "Who is affected" }).click();
  await page.getByLabel("Whose account").selectOption({ label: "Dora Lindqvist" });
  await page.getByRole("button", { name: "Look" }).click();
  await expect(page.getByRole("status")).toContainText("appointments");
  await look(page, "48-affected");
  await page.getByRole("link", { name: "Who saw this client" }).first().click();
  await expect(page.getByRole("cell", { name: /Dora Lindqvist/ }).first()).toBeVisible();
  await look(page, "49-who-saw-the-client");
  await page.goto("/retention");
  await page.getByLabel("Years after the end").fill("3");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("alert")).toContainText("shorter than HIPAA asks");
  await look(page, "50-retention-short");
  await page.getByLabel("Years after the end").fill("7");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("kept for 7 years")).toBeVisible();
  await page.getByLabel("What would go after so many years?").fill("6");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByRole("status")).toContainText("would go");
  await look(page, "51-retention");
  await page.getByLabel("Passphrase, 15 characters or more").fill("too short");
  await page.getByRole("button", { name: "Take everything away" }).click();
  await expect(page.getByRole("alert")).toContainText("Passphrase");
  const words = "violet kettle harbor nineteen";
  await page.getByLabel("Passphrase, 15 characters or more").fill(words);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Take everything away" }).click();
  const file = await (await download).path();
  expect(readFileSync(file).includes("Kanarya")).toBe(false);
  const opened = execFileSync(process.env.INTERPRES_BIN ?? "../target/debug/interpres", ["open-file", file], { input: `${words}\n`, maxBuffer: 1 << 28, stdio: ["pipe", "pipe", "ignore"] }).toString();
  expect(opened.split("\n")[0]).toContain("interpres workspace 1");
  expect(opened).toContain("Kanarya");
  const phone = await signIn(browser, "Carl", PHONE);
  await phone.goto("/audit/findings");
  await look(phone, "52-findings-phone");
});

test("the table is walked with the arrow keys and searched with a slash", async ({ browser }) => {
  const page = await signIn(browser, "Dora");
  await expect(page.getByRole("heading", { name: "Appointments" })).toBeVisible();
  await page.keyboard.press("/");
  await expect(page.getByLabel("Reference")).toBeFocused();
  await page.getByRole("heading", { name: "Appointments" }).click();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  const chosen = page.locator("tr[aria-selected=true] a");
  const reference = await chosen.textContent();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toContainText(reference);
});

test("Sam of another team finds nothing, and a stranger's form is refused", async ({ browser }) => {
  const page = await signIn(browser, "Sam");
  await expect(page.getByText("FR-1005")).toBeVisible();
  await expect(page.getByText("FR-1001")).toHaveCount(0);
  const answer = await page.request.post("/appointments", { form: { date: "2027-01-01" } });
  expect(answer.status()).toBe(403);
  await page.goto("/appointments/00000000-0000-7000-8000-000000000000");
  await expect(page.getByRole("heading", { name: "Nothing here" })).toBeVisible();
  await look(page, "50-nothing-here");
});

test("Rita requests an interpreter and signs out", async ({ browser }) => {
  const page = await signIn(browser, "Rita");
  await page.getByRole("link", { name: "New appointment" }).click();
  const start = denver(60 * 24 * 9);
  await page.getByLabel("Date").fill(start.date);
  await page.getByLabel("Start").fill("10:00");
  await page.getByLabel("Language").selectOption("Somali");
  await page.getByRole("button", { name: "Continue to assignment" }).click();
  await page.getByRole("button", { name: "Continue to review" }).click();
  await page.getByRole("button", { name: "Book" }).click();
  await expect(page.getByText("Requested")).toBeVisible();
  await look(page, "60-requester");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.goto("/appointments");
  await expect(page).toHaveURL(/sign-in/);
});
