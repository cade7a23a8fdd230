// Running an agency's people: invite, roles, teams, HIPAA mode, readiness.
import { expect, test } from "@playwright/test";
import { execFileSync, spawn } from "node:child_process";
import { readFileSync, readdirSync, rmSync } from "node:fs";
import { DATA, PHONE, codeOf, listen, look, people, signIn } from "./common.js";

test.describe.configure({ mode: "serial" });

const WORDS = "violet kettle harbor nineteen";
const BIN = process.env.INTERPRES_BIN ?? "../target/debug/interpres";

/** The link in the latest letter to an address. */
async function linkTo(address) {
  for (let n = 0; n < 50; n++) {
    const letters = readdirSync(`${DATA}/letters`, { withFileTypes: true }).map((f) => readFileSync(`${DATA}/letters/${f.name}`, "utf8"));
    const mine = letters.filter((text) => text.startsWith(`To: ${address}\n`) && text.includes("/invitation/"));
    if (mine.length) return mine.at(-1).match(/https?:\/\/[^/]+(\/invitation\/\S+)/)[1];
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`no letter to ${address}`);
}

/** Joins by the link in a letter, on a phone that is already there. */
async function join(phone, address) {
  await phone.goto(await linkTo(address));
  await phone.getByLabel("Choose a password").fill(WORDS);
  await phone.getByLabel("I have read and accept the user terms").check();
  await phone.getByRole("button", { name: "Join" }).click();
  await expect(phone.getByRole("main").getByRole("status")).toContainText("You’ve joined");
}

test("Peter invites an interpreter, who joins on a phone", async ({ browser }) => {
  const page = await signIn(browser, "Peter");
  await page.goto("/people");
  await look(page, "70-people");
  await page.getByRole("link", { name: "Invite member" }).click();
  await page.getByLabel("Email", { exact: true }).fill("info@prairie.example");
  await page.getByLabel("Role").selectOption("interpreter");
  await page.getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByRole("alert")).toContainText("several people read");
  await look(page, "71-invite-shared");
  await page.getByLabel("Email", { exact: true }).fill("lee@prairie.example");
  await page.getByLabel("Name", { exact: true }).fill("Lee Park");
  await page.getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByRole("cell", { name: "lee@prairie.example" }).first()).toBeVisible();
  await look(page, "72-invitations");
  const context = await browser.newContext({ viewport: PHONE, hasTouch: true, isMobile: true });
  const phone = listen(await context.newPage());
  await phone.goto(await linkTo("lee@prairie.example"));
  await expect(phone.getByRole("heading")).toContainText(["Join Prairie Language Partners"]);
  await look(phone, "73-invitation-phone");
  await phone.getByLabel("Choose a password").fill("password1234567");
  await phone.getByLabel("I have read and accept the user terms").check();
  await phone.getByRole("button", { name: "Join" }).click();
  await expect(phone.getByRole("alert")).toContainText("too easy to guess");
  await join(phone, "lee@prairie.example");
  await page.getByLabel("Email", { exact: true }).fill("max@prairie.example");
  await page.getByLabel("Name", { exact: true }).fill("Max Laurent");
  await page.getByLabel("Role").selectOption("interpreter");
  await page.getByRole("button", { name: "Send invitation" }).click();
  await join(phone, "max@prairie.example");
  await context.close();
});

test("Peter mends what is missing and switches HIPAA mode on; Lee enrols on the phone", async ({ browser }) => {
  const page = await signIn(browser, "Peter");
  await page.goto("/settings/hipaa");
  await expect(page.getByRole("button", { name: "Save changes" })).toBeDisabled();
  await look(page, "74-hipaa-off");
  rmSync(`${DATA}-copies`, { recursive: true, force: true });
  execFileSync(BIN, ["--data", DATA, "backup", "--to", `${DATA}-copies`]);
  execFileSync(BIN, ["--data", DATA, "backup", "drill", "--from", `${DATA}-copies`]);
  execFileSync(BIN, ["--data", DATA, "agreement", "offer", "--workspace", "Prairie Language Partners", "--text", "../LICENSE", "--text-version", "2026-11", "--signed-by", "Omar Vale, operator"]);
  await page.goto("/settings/security");
  await look(page, "75-security");
  await page.getByLabel("Idle timeout (minutes)").fill("15");
  await page.getByLabel("Maximum session length (hours)").fill("12");
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.goto("/settings/hipaa");
  await page.getByLabel("Your full name").fill("Peter Vance");
  await page.getByLabel("Your title").fill("Owner");
  await page.getByRole("button", { name: "Sign agreement" }).click();
  await page.getByRole("button", { name: "Save export permission" }).click();
  await expect(page.getByText("Not met")).toHaveCount(0);
  await look(page, "76-hipaa-ready");
  await page.getByLabel("Enable HIPAA mode. I have read and accept").check();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("On since")).toBeVisible();
  await look(page, "77-hipaa-on");
  await page.goto("/settings/readiness");
  await look(page, "78-readiness");
  const context = await browser.newContext({ viewport: PHONE, hasTouch: true, isMobile: true });
  const phone = listen(await context.newPage());
  await phone.goto("/sign-in");
  await phone.getByLabel("Email", { exact: true }).fill("lee@prairie.example");
  await phone.getByLabel("Password", { exact: true }).fill(WORDS);
  await phone.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(phone.getByRole("alert")).toContainText("Set up a second factor by");
  await look(phone, "79-phone-grace");
  await phone.getByRole("link", { name: "Set it up now" }).click();
  await phone.getByRole("button", { name: "Set up an app" }).click();
  await look(phone, "79-phone-app");
  await phone.getByLabel("Code").fill(codeOf((await phone.locator(".token").innerText()).trim()));
  await phone.getByRole("button", { name: "Finish setup" }).click();
  await expect(phone.getByRole("heading", { name: "You’re all set" })).toBeVisible();
  await look(phone, "79-phone-codes");
  await phone.getByRole("link", { name: "Continue" }).click();
  await expect(phone.getByRole("alert")).toHaveCount(0);
  await context.close();
});

test("Max sets no second factor up; on the eighth day nothing else is left to do", async ({ browser }) => {
  const later = `${DATA}-later`;
  rmSync(later, { recursive: true, force: true });
  execFileSync(BIN, ["--data", DATA, "backup", "--to", `${DATA}-copies`]);
  execFileSync(BIN, ["--data", later, "restore", "--from", `${DATA}-copies`, "--master-key", `${DATA}/master.key`]);
  const server = spawn("faketime", ["-f", "+8d", BIN, "--data", later, "serve", "--listen", "127.0.0.1:8096"], { detached: true });
  const context = await browser.newContext({ viewport: PHONE, hasTouch: true, isMobile: true, baseURL: "http://localhost:8096" });
  try {
    await expect.poll(() => context.request.get("/readyz").then((r) => r.status(), () => 0), { timeout: 20_000 }).toBe(200);
    const phone = listen(await context.newPage());
    await phone.goto("/sign-in");
    await phone.getByLabel("Email", { exact: true }).fill("max@prairie.example");
    await phone.getByLabel("Password", { exact: true }).fill(WORDS);
    await phone.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(phone.getByRole("button", { name: "Set up an app" })).toBeVisible();
    await expect(phone.getByRole("alert")).toContainText("nothing else opens");
    await look(phone, "79-phone-eighth-day");
    for (const path of ["/today", "/offers", "/account", "/notices"]) {
      await phone.goto(path);
      await expect(phone).toHaveURL(/account\/factors/);
    }
    await phone.getByRole("button", { name: "Set up an app" }).click();
    const seed = (await phone.locator(".token").innerText()).trim();
    await phone.getByLabel("Code").fill(codeOf(seed, Date.now() + 8 * 86_400_000));
    await phone.getByRole("button", { name: "Finish setup" }).click();
    await expect(phone.getByRole("heading", { name: "You’re all set" })).toBeVisible();
    await phone.goto("/today");
    await expect(phone).toHaveURL(/today/);
  } finally {
    await context.close();
    process.kill(-server.pid, "SIGTERM");
    rmSync(later, { recursive: true, force: true });
  }
});

test("Adam makes a role, gives it, and signs somebody out", async ({ browser }) => {
  const page = await signIn(browser, "Adam");
  await page.goto("/people/roles");
  await look(page, "80-roles");
  await page.getByRole("link", { name: /Clone viewer/ }).click();
  await page.getByLabel("Name", { exact: true }).fill("Night desk");
  await look(page, "81-role");
  await page.getByRole("button", { name: "Save role" }).click();
  await expect(page.getByRole("columnheader", { name: "Night desk" })).toBeVisible();
  await page.goto("/people");
  await page.getByRole("link", { name: "Vera Pohl" }).click();
  await page.getByLabel("Role").selectOption("Night desk");
  await look(page, "82-person");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByLabel("Role")).toHaveValue(/.{36}/);
  await page.goto("/people");
  await page.getByRole("link", { name: "Bea Marsh" }).click();
  await page.getByText("Reset two-factor").click();
  await page.getByLabel("How did you verify who they are?").fill("no");
  await page.getByRole("button", { name: "Request reset" }).click();
  await expect(page.getByRole("alert")).toContainText("ten characters");
  await page.getByLabel("How did you verify who they are?").fill("Seen on a video call, with the staff card");
  await page.getByRole("button", { name: "Request reset" }).click();
  await expect(page.getByText("Another admin has to approve by")).toBeVisible();
  await expect(page.getByRole("button", { name: "Approve and send link" })).toHaveCount(0);
  await look(page, "84-recovery");
  const other = await signIn(browser, "Olivia");
  await other.goto(page.url());
  await other.getByRole("button", { name: "Approve and send link" }).click();
  await expect(other.getByText("Another admin has to approve by")).toHaveCount(0);
  await page.goto("/people/teams");
  await look(page, "83-teams");
  expect(people().length).toBe(15);
});
