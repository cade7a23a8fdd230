// What an organization's directory does, who still needs what they have, and an emergency.
import { expect, test } from "@playwright/test";
import { look, prove, signIn } from "./common.js";

test.describe.configure({ mode: "serial" });

test("Olivia sets a provider up and gives the directory a token", async ({ browser, request }) => {
  const page = await signIn(browser, "Olivia");
  await page.goto("/settings/providers");
  await look(page, "90-providers-empty");
  await page.getByLabel("Name", { exact: true }).fill("Front Range Okta");
  await page.getByLabel("Issuer").fill("https://frontrange.example.com");
  await page.getByLabel("Client ID").fill("interpres");
  await page.getByLabel("Roles by group").fill("dispatchers=emperor");
  await page.getByRole("button", { name: "Add provider" }).click();
  if (await page.getByRole("button", { name: "Continue", exact: true }).isVisible()) {
    await prove(page, "Olivia");
    await page.getByRole("button", { name: "Add provider" }).click();
  }
  await expect(page.getByRole("alert").first()).toBeVisible();
  await look(page, "91-providers-wrong");
  await expect(page.getByLabel("Roles by group")).toHaveValue("dispatchers=emperor");
  await page.getByLabel("Client secret").fill("a secret that is long enough");
  await page.getByLabel("Roles by group").fill("dispatchers=scheduler");
  await page.getByRole("button", { name: "Add provider" }).click();
  await expect(page.getByRole("heading", { name: "Front Range Okta" })).toBeVisible();
  await page.getByRole("button", { name: "Create token" }).click();
  const token = (await page.locator(".token").innerText()).trim();
  expect(token).toMatch(/^ips_/);
  await look(page, "92-providers");
  const headers = { authorization: `Bearer ${token}` };
  const made = await request.post("/scim/v2/Users", { headers, data: { userName: "nina@frontrange.example" } });
  expect(made.status()).toBe(201);
  await page.goto("/settings/providers");
  await expect(page.locator(".token")).toHaveCount(0);
  await page.getByRole("button", { name: "Revoke all tokens" }).click();
  expect((await request.get("/scim/v2/Users", { headers })).status()).toBe(401);
});

test("Adam goes through who has access and signs it off", async ({ browser }) => {
  const page = await signIn(browser, "Adam");
  await page.goto("/people/review");
  await look(page, "93-review-none");
  // A minute after the start the house opens the first one by itself.
  const begin = page.getByRole("button", { name: "Start a review" });
  if (await begin.isVisible()) {
    await begin.click();
    if (await page.getByRole("button", { name: "Continue", exact: true }).isVisible()) {
      await prove(page, "Adam");
      await page.goto("/people/review");
      if (await begin.isVisible()) await begin.click();
    }
  }
  await expect(page.getByText("left to decide.")).toBeVisible();
  await page.getByLabel("Select all").check();
  expect(await page.getByRole("checkbox", { name: /Select / }).count()).toBe((await page.getByRole("row").count()) - 1);
  await look(page, "94-review");
  await page.getByRole("button", { name: "Keep selected" }).click();
  await expect(page.getByText("1 left to decide")).toBeVisible();
  const other = await signIn(browser, "Olivia");
  await other.goto("/people/review");
  await other.getByLabel("Select Adam").check();
  await other.getByRole("button", { name: "Keep selected" }).click();
  await other.getByRole("button", { name: "Sign off review" }).click();
  await expect(other.getByText("by Olivia Hart")).toBeVisible();
  await look(other, "95-review-signed");
});

test("Sam breaks the glass, and Olivia judges it", async ({ browser }) => {
  const page = await signIn(browser, "Sam");
  await page.goto("/break-glass");
  await page.getByLabel("Appointment reference").fill("FR-1001");
  await page.getByRole("button", { name: "Use emergency access" }).click();
  if (await page.getByRole("button", { name: "Continue", exact: true }).isVisible()) {
    await prove(page, "Sam");
    await page.getByRole("button", { name: "Use emergency access" }).click();
  }
  await look(page, "96-glass-no-reason");
  await expect(page.getByLabel("Appointment reference")).toHaveValue("FR-1001");
  await page.getByLabel("Reason", { exact: true }).fill("The team in charge can't be reached and the hospital waits");
  await page.getByRole("button", { name: "Use emergency access" }).click();
  await expect(page.getByText("You’re viewing this by emergency access")).toBeVisible();
  await look(page, "97-under-glass");
  const judge = await signIn(browser, "Olivia");
  await judge.goto("/notices");
  await look(judge, "98-notice-of-glass");
  await judge.goto("/break-glass");
  await look(judge, "99-glass");
  await judge.getByRole("button", { name: "Mark FR-1001 as justified" }).click();
  await expect(judge.getByText("Justified", { exact: true }).first()).toBeVisible();
});
