// Who gets in, and how: codes, passkeys, proof once more, a session that ends.
import { expect, test } from "@playwright/test";
import { readFileSync } from "node:fs";
import { DATA, PHONE, codeOf, freshCode, listen, look, people, prove, signIn, fromMenu } from "./common.js";

test.describe.configure({ mode: "serial" });

/** A browser with an authenticator of its own, such as a laptop with a finger reader. */
async function withAuthenticator(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
  return { devtools, authenticatorId };
}

test("Maya is asked for a code, mistypes it, and gets in", async ({ page }) => {
  const maya = people().find((p) => p.name.startsWith("Maya"));
  listen(page);
  await page.goto("/customers");
  await page.getByLabel("Email", { exact: true }).fill(maya.email);
  await page.getByLabel("Password", { exact: true }).fill(maya.password);
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page.getByLabel("Password", { exact: true })).toHaveAttribute("type", "text");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await look(page, "60-second-factor");
  await page.getByLabel("Code from your authenticator app").fill("000000");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("Wait for the next code");
  await page.getByLabel("Code from your authenticator app").fill(await freshCode(maya.totp_secret));
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/customers/);
});

test("Peter sets up a passkey and signs in with it alone", async ({ browser }) => {
  const page = await signIn(browser, "Peter");
  const { devtools, authenticatorId } = await withAuthenticator(page);
  await page.goto("/account/factors");
  await look(page, "61-factors");
  await page.getByRole("button", { name: "Set up a passkey" }).click();
  await page.getByLabel("Name").fill("Laptop");
  await look(page, "62-make-passkey");
  await page.getByRole("button", { name: "Create passkey" }).click();
  await expect(page.getByRole("heading", { name: "You’re all set" })).toBeVisible();
  const { credentials } = await devtools.send("WebAuthn.getCredentials", { authenticatorId });
  expect(credentials).toHaveLength(1);
  await page.goto("/account");
  await expect(page.getByText("Passkey, Laptop")).toBeVisible();
  await look(page, "63-account");
  await fromMenu(page, "button", "Sign out");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page).toHaveURL(/overview/);
  await page.goto("/account");
  await fromMenu(page, "button", "Sign out");
  const peter = people().find((p) => p.name.startsWith("Peter"));
  await page.getByLabel("Email", { exact: true }).fill(peter.email);
  await page.getByLabel("Password", { exact: true }).fill(peter.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await expect(page).toHaveURL(/overview/);
  // A passkey that is gone from the browser proves nothing, and it says so.
  await page.goto("/account");
  await fromMenu(page, "button", "Sign out");
  await devtools.send("WebAuthn.clearCredentials", { authenticatorId });
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByText("No passkey was used")).toBeVisible();
});

test("Tess sets up another app by its picture and keeps her recovery codes", async ({ browser }) => {
  const page = await signIn(browser, "Tess");
  await page.goto("/account/factors");
  await page.getByRole("button", { name: "Set up an app" }).click();
  await expect(page.locator(".qr svg")).toBeVisible();
  await look(page, "64-app-picture");
  await page.getByLabel("Code").fill("123456");
  await page.getByRole("button", { name: "Finish setup" }).click();
  await expect(page.getByRole("alert")).toContainText("isn’t the one the app shows");
  const seed = await page.locator(".token").innerText();
  await page.getByLabel("Code").fill(codeOf(seed.trim()));
  await page.getByLabel("Name").fill("Old phone");
  await page.getByRole("button", { name: "Finish setup" }).click();
  await expect(page.getByRole("heading", { name: "You’re all set" })).toBeVisible();
  await page.goto("/account");
  await page.getByRole("button", { name: "New recovery codes" }).click();
  await expect(page.locator(".codes code")).toHaveCount(10);
  await look(page, "65-recovery-codes");
});

test("a session warns, clears the screen, and gives the page back as it was", async ({ browser }) => {
  const page = await signIn(browser, "Maya");
  await page.goto("/appointments/new");
  await page.getByLabel("LEP client").fill("Rosa Kanarya");
  const clock = await page.context().clock;
  await clock.install();
  await page.goto("/appointments/new");
  await page.getByLabel("LEP client").fill("Rosa Kanarya");
  await clock.fastForward(13 * 60_000 + 30_000);
  await clock.runFor(2000);
  await expect(page.getByRole("dialog")).toContainText("Still there?");
  await look(page, "66-session-warning");
  await page.getByRole("button", { name: "Stay signed in" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await clock.fastForward(16 * 60_000);
  await clock.runFor(2000);
  await expect(page.getByRole("dialog")).toContainText("Your session has ended");
  await expect(page.getByLabel("LEP client")).toBeHidden();
  await look(page, "67-session-over");
  const [small] = await Promise.all([page.waitForEvent("popup"), page.getByRole("button", { name: "Sign in again" }).click()]);
  await small.waitForLoadState();
  // The session is alive still on the server, so the small window is let through at once or asks.
  if (!small.isClosed() && (await small.getByLabel("Email", { exact: true }).count())) {
    const maya = people().find((p) => p.name.startsWith("Maya"));
    await small.getByLabel("Email", { exact: true }).fill(maya.email);
    await small.getByLabel("Password", { exact: true }).fill(maya.password);
    await small.getByRole("button", { name: "Sign in", exact: true }).click();
    await small.getByLabel("Code from your authenticator app").fill(await freshCode(maya.totp_secret));
    await small.getByRole("button", { name: "Sign in" }).click();
  }
  await expect(page.getByLabel("LEP client")).toBeVisible();
  await expect(page.getByLabel("LEP client")).toHaveValue("Rosa Kanarya");
  await page.getByRole("button", { name: "Continue to assignment" }).click();
  await expect(page.getByRole("alert")).toContainText("to fix");
  await expect(page.getByLabel("LEP client")).toHaveValue("Rosa Kanarya");
});

test("forgotten: the link comes by letter", async ({ page }) => {
  listen(page);
  await page.goto("/password/forgotten");
  await look(page, "68-forgotten");
  await page.getByLabel("Email", { exact: true }).fill("nobody@frontrange.example");
  await page.getByRole("button", { name: "Send link" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("works once");
});

test("Noor gets a code by text message on her phone", async ({ browser }) => {
  const noor = people().find((p) => p.name.startsWith("Noor"));
  const page = await signIn(browser, "Noor", PHONE);
  await page.goto("/account/factors");
  await look(page, "68-factors-phone");
  await page.getByLabel("Phone number").fill("303 555 0123");
  await page.getByRole("button", { name: "Send a code" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("ends in …23");
  await look(page, "69-text-code");
  const code = () => readFileSync(`${DATA}/texts/+13035550123.txt`, "utf8").slice(0, 6);
  await page.getByLabel("Code", { exact: true }).fill(code());
  await page.getByRole("button", { name: "Finish setup" }).click();
  await expect(page.getByRole("heading", { name: "You’re all set" })).toBeVisible();
  const context = await browser.newContext({ viewport: PHONE, hasTouch: true, isMobile: true });
  const fresh = listen(await context.newPage());
  await fresh.goto("/sign-in");
  await fresh.getByLabel("Email", { exact: true }).fill(noor.email);
  await fresh.getByLabel("Password", { exact: true }).fill(noor.password);
  await fresh.getByRole("button", { name: "Sign in", exact: true }).click();
  await fresh.getByRole("button", { name: "Send a code by text message" }).click();
  await expect(fresh.getByRole("main").getByRole("status")).toContainText("ends in …23");
  await look(fresh, "69-text-sign-in");
  await fresh.getByLabel("Code from the text message").fill(code());
  await fresh.getByRole("button", { name: "Sign in" }).click();
  await expect(fresh).toHaveURL(/today/);
  await context.close();
});
