// An organization's identity provider, for real: a certified one, started here, with its own pages.
import { expect, test } from "@playwright/test";
import { execFileSync } from "node:child_process";
import Provider from "oidc-provider";
import { DATA, listen, look, people, prove, signIn } from "./common.js";

test.describe.configure({ mode: "serial" });

const ISSUER = "http://localhost:8098";
const BIN = process.env.INTERPRES_BIN ?? "../target/debug/interpres";
const CLIENT = { client_id: "interpres", client_secret: "a secret of forty characters, at the least", redirect_uris: ["http://localhost:8097/sign-in/provider/answer"], grant_types: ["authorization_code"], response_types: ["code"] };
let server;

/** Starts the provider; whoever signs in there is who they say, in the domain of the agency. */
async function start(more = {}) {
  const provider = new Provider(ISSUER, {
    clients: [{ ...CLIENT, ...more }],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    conformIdTokenClaims: false,
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@prairie.example`, email_verified: true, name: "Lotte Berg" }) }),
    features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
    // It asks no addresses of this machine by itself, which is right elsewhere.
    fetch: (url, { dispatcher: _, ...options }) => fetch(url, options),
    pkce: { required: () => true },
    cookies: { keys: ["kept for this test only"] },
  });
  provider.on("backchannel.error", (_, error) => console.log("logging out by the back channel:", error.message, error.cause));
  server = await new Promise((done) => (server = provider.listen(8098, "127.0.0.1", () => done(server))));
}

const stop = () => new Promise((done) => (server.closeAllConnections(), server.close(done)));

test.afterAll(stop);

test("Lotte joins by the provider of her agency, and logging out there ends her session here", async ({ browser }) => {
  await start();
  const page = await signIn(browser, "Peter");
  await page.goto("/settings/providers");
  await page.getByLabel("Name", { exact: true }).fill("Prairie");
  await page.getByLabel("Issuer").fill(ISSUER);
  await page.getByLabel("Client ID").fill(CLIENT.client_id);
  await page.getByLabel("Client secret").fill(CLIENT.client_secret);
  await page.getByLabel("New people join by signing in").check();
  await page.getByLabel("Role for new people").selectOption("Viewer");
  await page.getByRole("button", { name: "Add provider" }).click();
  if (await page.getByRole("heading", { name: "Confirm it’s you" }).isVisible()) {
    await prove(page, "Peter");
    await page.getByRole("button", { name: "Add provider" }).click();
  }
  await expect(page.getByRole("heading", { name: "Prairie", exact: true })).toBeVisible();
  const id = (await page.content()).match(/sign-in\/provider\/([0-9a-f-]{36})/)[1];
  execFileSync(BIN, ["--data", DATA, "grant-domain", "--workspace", "Prairie Language Partners", "--provider", id, "--domain", "prairie.example"]);
  await stop();
  await start({ backchannel_logout_uri: `http://localhost:8097/sign-in/provider/${id}/logout`, backchannel_logout_session_required: true });

  const context = await browser.newContext();
  const lotte = listen(await context.newPage());
  await lotte.goto("/customers");
  await lotte.getByText("Sign in with your organization").click();
  await lotte.getByLabel("Work email").fill("lotte@prairie.example");
  await lotte.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(lotte).toHaveURL(/localhost:8098/);
  await lotte.locator("input[name=login]").fill("lotte");
  await lotte.locator("input[name=password]").fill("whatever");
  await lotte.locator("button[type=submit]").click();
  await lotte.locator("button[type=submit]").click();
  // Nobody has asked her for the terms yet: she came without an invitation.
  await expect(lotte).toHaveURL(/localhost:8097\/terms\?next=\/customers/);
  lotte.wrong = [];
  await lotte.getByLabel("I have read and accept the user terms").check();
  await lotte.getByRole("button", { name: "Accept" }).click();
  await expect(lotte.locator(".problems")).toBeVisible();
  await look(lotte, "64-terms");
  await lotte.getByLabel("I have read and accept the user terms").check();
  await lotte.getByLabel("Your full name").fill("Lotte Berg");
  await lotte.getByRole("button", { name: "Accept" }).click();
  await expect(lotte).toHaveURL(/localhost:8097\/customers/);
  await expect(lotte.locator(".me > summary")).toHaveAttribute("title", "Lotte Berg");
  // What the provider's own pages complain of is not ours.
  lotte.wrong = [];
  await look(lotte, "64-came-by-a-provider");
  await page.goto("/people");
  await expect(page.getByRole("cell", { name: "lotte@prairie.example" })).toBeVisible();
  // Twice is the same person; the provider knows her still.
  const again = listen(await context.newPage());
  await again.goto(`/sign-in/provider/${id}`);
  await expect(again).toHaveURL(/localhost:8097\/overview/);
  await again.goto(`${ISSUER}/session/end`);
  await again.locator("button[type=submit][value=yes]").click();
  await expect(async () => {
    await lotte.goto("/customers");
    await expect(lotte).toHaveURL(/sign-in/, { timeout: 500 });
  }).toPass({ timeout: 10_000 });
  await context.close();
});
