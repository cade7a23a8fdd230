// The page of parts, every one in every state, in both themes and on a phone; the palette and the shortcuts.
import { expect, test } from "@playwright/test";
import { PHONE, look, signIn } from "./common.js";

for (const colorScheme of ["light", "dark"]) {
  test(`the parts hold in the ${colorScheme} theme`, async ({ browser }) => {
    const page = await signIn(browser, "Dora");
    await page.emulateMedia({ colorScheme });
    await page.goto("/parts");
    await expect(page.getByRole("heading", { name: "Parts" })).toBeVisible();
    await look(page, `03-parts-${colorScheme}`);
    await page.getByRole("button", { name: "Open the dialog" }).click();
    await expect(page.getByRole("dialog", { name: "Cancel FR-10502?" })).toBeVisible();
    await look(page, `03-parts-dialog-${colorScheme}`);
    for (const path of ["/overview", "/appointments?view=all", "/shortcuts"]) {
      await page.goto(path);
      await look(page, `03${path.replaceAll(/\W/g, "-")}-${colorScheme}`);
    }
  });
}

test("the parts and the first pages fit a phone", async ({ browser }) => {
  const page = await signIn(browser, "Dora", PHONE);
  for (const path of ["/parts", "/overview", "/appointments?view=all"]) {
    await page.goto(path);
    await look(page, `03${path.replaceAll(/\W/g, "-")}-phone`);
  }
  await page.getByRole("button", { name: "Menu" }).click();
  await expect(page.getByRole("link", { name: "Overview" })).toBeVisible();
});

test("the palette finds places, references and names, and a question mark lists the keys", async ({ browser }) => {
  const page = await signIn(browser, "Dora");
  await page.goto("/appointments?view=all");
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Search or jump to" });
  await expect(palette).toBeVisible();
  await look(page, "04-palette");
  await page.keyboard.type("fr-1001");
  await expect(palette.getByRole("option", { name: /FR-1001/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("FR-1001");
  expect(page.url()).not.toContain("?");
  await page.keyboard.press("?");
  await expect(page.getByRole("heading", { name: "Shortcuts" })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await expect(page).toHaveURL(/overview/);
});

test("without JavaScript the list, its filters, a row and the search still work", async ({ browser }) => {
  const signed = await signIn(browser, "Dora");
  const context = await browser.newContext({ javaScriptEnabled: false, storageState: await signed.context().storageState() });
  const page = await context.newPage();
  await page.goto("/appointments?view=all");
  await page.locator("#by-status > summary").click();
  await page.locator("select[name=status]").selectOption("requested");
  await page.locator("#by-status button").click();
  await expect(page.locator("#by-status > summary")).toHaveText("Status: Requested");
  await page.locator("table a").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.goto("/overview");
  await page.locator(".seek input[name=q]").fill("brigid");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: /St\. Brigid Hospital/ }).first()).toBeVisible();
  expect(page.url()).not.toContain("brigid");
  await context.close();
});
