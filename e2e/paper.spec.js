// Pages on paper: what belongs to the screen is gone, ink is black, and a long table says its columns on each sheet.
import { expect, test } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { mainPages } from "./main-pages.js";
import { signIn } from "./common.js";

/** What stands around a page and means nothing on paper. */
const SCREEN = ["Search or jump to", "Skip to content", "Shortcuts", "Switch workspace", "Sign out", "Audit log\nPeople", "Export", "Continue to"];

/** A page as its printer gets it: text as it is laid out, and the sheets. */
async function printed(page, name) {
  const path = `shots/paper-${name}.pdf`;
  await page.pdf({ path, preferCSSPageSize: true });
  const text = execFileSync("pdftotext", ["-layout", "-enc", "UTF-8", path, "-"]).toString();
  return { text, sheets: text.split("\f").slice(0, -1) };
}

test("appointments, vouchers, invoices, a day and the log print clean", async ({ browser }) => {
  const pages = Object.fromEntries((await mainPages(browser)).map((page) => [page.name, page]));
  const bea = await signIn(browser, "Bea");
  const invoices = { path: "/invoices", context: { storageState: await bea.context().storageState() } };
  const day = { ...pages.appointments, path: "/appointments?view=all" };
  const papers = [
    ["appointment", pages.appointment, ["FR-1003", "St. Brigid Hospital", "Vietnamese"]],
    ["day", day, ["Time", "Status", "Language", "Customer", "Interpreter", "FR-1003"]],
    ["vouchers", pages.vouchers, ["Vouchers"]],
    ["invoices", invoices, ["Invoices"]],
    ["log", pages.log, ["Audit log", "Carl Jensen"]],
  ];
  for (const [name, { path, context: options }, says] of papers) {
    const context = await browser.newContext({ ...options, colorScheme: "dark" });
    const page = await context.newPage();
    await page.goto(path);
    await page.emulateMedia({ media: "print" });
    const look = await page.evaluate(() => {
      const of = getComputedStyle(document.querySelector("h1"));
      return { ink: of.color, ground: getComputedStyle(document.body).backgroundColor };
    });
    expect(look, name).toEqual({ ink: "rgb(0, 0, 0)", ground: "rgb(255, 255, 255)" });
    const { text, sheets } = await printed(page, name);
    for (const words of says) expect(text, name).toContain(words);
    for (const words of SCREEN) expect(text, name).not.toContain(words);
    expect(text, name).not.toMatch(/https?:|localhost|\/appointments|[0-9a-f]{8}-[0-9a-f]{4}-/);
    expect(text, `${name} names a client`).not.toMatch(/kanarya/i);
    if (name === "day") expect(text, "a cell is cut").not.toContain("…");
    expect(sheets[0].trim(), name).not.toBe("");
    expect(sheets.at(-1).trim(), `${name} ends with an empty sheet`).not.toBe("");
    await context.close();
  }
});

test("a table that goes on says its columns again", async ({ browser }) => {
  const page = await signIn(browser, "Dora");
  await page.goto("/appointments?view=all");
  // As many rows as a busy week has.
  await page.evaluate(() => {
    const body = document.querySelector("table.appts tbody");
    const rows = [...body.children];
    for (let n = 0; n < 12; n += 1) for (const row of rows) body.append(row.cloneNode(true));
  });
  const { sheets } = await printed(page, "long");
  expect(sheets.length).toBeGreaterThan(2);
  for (const sheet of sheets) expect(sheet).toMatch(/Time\s+Status\s+Language/);
});
