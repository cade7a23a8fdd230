// Lists by keyboard and by mouse: rows are ticked, views are saved, columns are chosen, and a list keeps its place.
import { expect, test } from "@playwright/test";
import { PHONE, look, signIn } from "./common.js";

test.describe.configure({ mode: "serial" });

test("Dora ticks rows by keyboard and cancels none of them by mistake", async ({ browser }) => {
  const page = await signIn(browser, "Dora");
  await page.goto("/appointments?view=all");
  const bar = page.locator("#many");
  await expect(bar).toBeHidden();
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await expect(bar.getByRole("status")).toHaveText("1 selected");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Shift+X");
  await expect(bar.getByRole("status")).toHaveText("3 selected");
  await look(page, "80-lists-ticked");
  await page.keyboard.press("Space");
  await expect(bar.getByRole("status")).toHaveText("2 selected");
  const ticks = page.locator("td.pick input");
  await ticks.first().focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/appointments\?view=all$/);
  await page.getByLabel("Select all on this page").check();
  await expect(bar.getByRole("status")).toHaveText(`${await ticks.count()} selected`);
  await bar.getByRole("button", { name: "Clear selection" }).click();
  await expect(bar).toBeHidden();
});

test("Dora saves a view, opens it first, and leaves columns out", async ({ browser }) => {
  const page = await signIn(browser, "Dora");
  await page.goto("/interpreters?language=Spanish");
  await page.locator("#views > summary").click();
  await page.getByLabel("Save these filters as").fill("Spanish");
  await look(page, "81-lists-save-view");
  await page.getByRole("button", { name: "Save view" }).click();
  await expect(page.getByRole("navigation", { name: "Sign-up" }).getByRole("link", { name: "Spanish" })).toHaveAttribute("aria-current", "page");
  await page.locator("#views > summary").click();
  await page.locator("#views .fold > summary").first().click();
  await look(page, "82-lists-view");
  await page.getByRole("button", { name: "Open it first" }).click();
  await page.goto("/interpreters");
  await expect(page).toHaveURL(/language=Spanish/);
  await page.locator("#columns > summary").click();
  await page.locator("#columns").getByLabel("Phone").uncheck();
  await look(page, "83-lists-columns");
  await page.locator("#columns").getByRole("button", { name: "Apply" }).click();
  await expect(page.getByRole("columnheader", { name: "Phone" })).toHaveCount(0);
  await expect(page.getByRole("columnheader", { name: "Sign-up" })).toHaveCount(1);
  for (const [path, name] of [["/appointments?view=all", "84"], ["/interpreters?view=all", "85"], ["/customers", "86"], ["/clients", "87"]]) {
    await page.goto(path);
    await look(page, `${name}-list`);
  }
});

test("A list keeps its place for who goes back to it", async ({ browser }) => {
  const page = await signIn(browser, "Dora");
  await page.setViewportSize({ width: 1280, height: 420 });
  await page.goto("/appointments?view=all");
  const list = page.getByRole("region", { name: "Appointments" });
  const row = page.locator("td.c-time a").last();
  await row.scrollIntoViewIfNeeded();
  const top = await list.evaluate((each) => each.scrollTop);
  expect(top).toBeGreaterThan(0);
  await page.waitForFunction(() => history.state?.place?.top > 0);
  await page.goto("/customers");
  await page.goBack();
  await expect.poll(() => list.evaluate((each) => each.scrollTop)).toBe(top);
  await expect(page.locator("thead th").first()).toBeInViewport();
});

test("Lists stay readable on a phone", async ({ browser }) => {
  const phone = await signIn(browser, "Maya", PHONE);
  for (const path of ["appointments?view=all", "interpreters", "customers", "clients", "people"]) {
    await phone.goto(`/${path}`);
    await look(phone, `88-phone-${path.split("?")[0]}`);
  }
});
