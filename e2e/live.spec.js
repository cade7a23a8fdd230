// What one does, the other's page says: quietly, where it stands, and nothing is looked at before its reader does.
import { expect, test } from "@playwright/test";
import { PHONE, look, people, signIn } from "./common.js";

test.describe.configure({ mode: "serial" });

const keyOf = (name) => people().find((p) => p.name.startsWith(name)).api_key;
const day = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);

async function does(request, name, path, data) {
  const answer = await request.post(`/api/v1${path}`, { headers: { authorization: `Bearer ${keyOf(name)}` }, data });
  expect(answer.status(), await answer.text()).toBe(201);
  return answer.json();
}

const books = (request, reference, start) =>
  does(request, "Dora", "/appointments", { reference, date: day, start, minutes: 60, language: "Spanish", service_type: "phone", team: "Denver Metro", customer: "St. Brigid Hospital", lep_client: "Rosa Kanarya" });

async function views(request) {
  const answer = await request.get("/api/v1/audit/entries?action=appointments.list&limit=200", { headers: { authorization: `Bearer ${keyOf("Olivia")}` } });
  return (await answer.json()).items.length;
}

test("a dispatcher books, and the other's list says so and is refreshed where it stands", async ({ browser, request }) => {
  const page = await signIn(browser, "Maya");
  await page.goto("/appointments");
  const search = page.getByRole("textbox", { name: "Search or jump to" });
  const line = page.locator("#live");
  await expect(line).toBeEmpty();
  await page.locator("tbody a").first().focus();
  const focused = await page.evaluate(() => document.activeElement.href);
  const before = await views(request);
  const first = await books(request, "LIVE-E1", "09:00");
  await expect(line).toContainText("1 change.");
  await expect(line).toHaveAttribute("aria-live", "polite");
  await look(page, "A0-live-list");
  expect(await page.evaluate(() => document.activeElement.href), "the focus stays").toBe(focused);
  await expect(page.getByText("LIVE-E1")).toHaveCount(0);
  await books(request, "LIVE-E2", "11:00");
  await expect(line).toContainText("2 changes.", { timeout: 10_000 });
  expect(await views(request), "nothing was looked at meanwhile").toBe(before);
  await page.evaluate(() => (window.same = true));
  await line.getByRole("button", { name: "Refresh" }).click();
  await expect(page.getByText("LIVE-E1")).toBeVisible();
  await expect(page.locator(`tr.fresh a[href="/appointments/${first.id}"]`)).toBeVisible();
  await expect(line).toBeEmpty();
  expect(await page.evaluate(() => window.same), "the page stayed").toBe(true);
  expect(await views(request), "to refresh is to look").toBe(before + 1);
  await look(page, "A1-live-refreshed");
  await expect(search).toBeVisible();
});

test("an offer reaches the phone, and the bell counts it", async ({ browser, request }) => {
  const phone = await signIn(browser, "Ines", PHONE);
  await phone.goto("/offers");
  const bell = phone.locator("[data-bell]");
  const waiting = Number(await bell.locator(".count").textContent());
  const { id } = await books(request, "LIVE-E3", "14:00");
  const { items } = await (await request.get(`/api/v1/appointments/${id}/candidates`, { headers: { authorization: `Bearer ${keyOf("Dora")}` } })).json();
  const ines = items.find((one) => one.name.startsWith("Ines")).interpreter;
  await does(request, "Dora", `/appointments/${id}/offers`, { kind: "single", interpreters: [ines] });
  await expect(bell.locator(".count")).toHaveText(String(waiting + 1));
  await expect(bell).toHaveAttribute("aria-label", `Notifications, ${waiting + 1} new`);
  await expect(phone.locator("#live")).toContainText("1 change.");
  await look(phone, "A2-live-phone");
  await phone.locator("#live").getByRole("button", { name: "Refresh" }).click();
  await expect(phone.locator(".tile").first()).toBeVisible();
  await look(phone, "A3-live-phone-refreshed");
});

test("a page that is signed out elsewhere is cleared at once", async ({ browser }) => {
  const page = await signIn(browser, "Vera");
  await page.goto("/appointments");
  const other = await page.context().newPage();
  await other.goto("/account");
  await other.locator(".me > summary").click();
  await other.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.bringToFront();
  await expect(page.locator(".frame")).toBeHidden();
});
