// Programs with a role of their own, and people invited by a file.
import { expect, test } from "@playwright/test";
import { choose, look, prove, signIn } from "./common.js";

test.describe.configure({ mode: "serial" });

test("Olivia adds a service, narrows a key, and the program gets a token with it", async ({ browser, request }) => {
  const page = await signIn(browser, "Olivia");
  await page.goto("/people/services");
  await look(page, "90-services-none");
  await page.getByLabel("Name", { exact: true }).fill("Hospital bridge");
  await page.getByLabel("Role").selectOption("scheduler");
  await page.getByLabel("Allowed networks").fill("everywhere");
  await page.getByRole("button", { name: "Add service account" }).click();
  if (await page.getByRole("heading", { name: "Confirm it’s you" }).isVisible()) {
    await prove(page, "Olivia");
    await page.getByRole("button", { name: "Add service account" }).click();
  }
  await expect(page.getByRole("alert")).toContainText("must be network addresses");
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Hospital bridge");
  await look(page, "91-services-wrong");
  await page.getByLabel("Allowed networks").fill("127.0.0.0/8 ::1");
  await page.getByRole("button", { name: "Add service account" }).click();
  await expect(page.getByRole("heading", { name: "Hospital bridge", exact: true })).toBeVisible();
  await page.getByLabel("What’s it for?").fill("production");
  await page.getByLabel("View customers").check();
  await page.getByRole("button", { name: "Create key" }).click();
  const key = await page.locator(".token").innerText();
  await look(page, "92-service");
  const id = page.url().match(/services\/([^/]+)/)[1];
  const { access_token, expires_in, scope } = await (await request.post("/oauth/token", { form: { grant_type: "client_credentials", client_id: id, client_secret: key } })).json();
  expect([expires_in, scope]).toEqual([900, "customers.view"]);
  const ask = async (path) => (await request.get(path, { headers: { authorization: `Bearer ${access_token}` } })).status();
  expect([await ask("/api/v1/customers"), await ask("/api/v1/appointments")]).toEqual([200, 403]);
  await page.goto("/people/services");
  await look(page, "93-services");
  await page.goto("/account");
  await page.getByText("New API key").click();
  await page.getByText("Limit scope").click();
  await look(page, "94-account-key");
  await page.goto(`/people/services/${id}`);
  await page.getByText("Delete…").click();
  await page.getByRole("button", { name: "Delete Hospital bridge" }).click();
  expect(await ask("/api/v1/customers")).toBe(401);
});

test("Adam invites many by a file, and nothing is sent before he presses Import", async ({ browser }) => {
  const page = await signIn(browser, "Adam");
  await page.goto("/people/invitations");
  await page.getByRole("link", { name: "Invite from a file" }).click();
  await expect(page.getByLabel("File contains")).toHaveValue("people");
  const csv = "email,name,role,teams\r\nnils@frontrange.example,Nils Berg,scheduler,Denver Metro\r\nola@frontrange.example,Ola Lund,front desk,North Colorado\r\n";
  await page.getByLabel("File", { exact: true }).setInputFiles({ name: "staff.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await page.getByRole("button", { name: "Upload and review" }).click();
  await expect(page.getByRole("cell", { name: /front desk Role, 1 row/ })).toBeVisible();
  await look(page, "95-import-people");
  await page.getByLabel("front desk means").selectOption("viewer");
  await page.getByLabel("North Colorado means").selectOption("Courts");
  await page.getByRole("button", { name: "Apply mapping" }).click();
  await page.getByRole("button", { name: "Import 2 rows" }).click();
  if (await page.getByRole("heading", { name: "Confirm it’s you" }).isVisible()) {
    await prove(page, "Adam");
    await page.getByRole("button", { name: /Import 2 rows|Submit|Resume/ }).click();
  }
  await expect(page.getByText("2 added", { exact: true })).toBeVisible();
  await page.goto("/people/invitations");
  await expect(page.getByRole("cell", { name: "ola@frontrange.example" }).first()).toBeVisible();
  await look(page, "96-invitations-many");
});

/** A picture as somebody would draw it: a disc on a ground, with a word. */
async function drawing(page, width, height) {
  const data = await page.evaluate(([width, height]) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const on = canvas.getContext("2d");
    on.fillStyle = "#1d4f91";
    on.fillRect(0, 0, width, height);
    on.fillStyle = "#fff";
    on.beginPath();
    on.arc(width / 2, height / 2, Math.min(width, height) / 3, 0, 7);
    on.fill();
    return canvas.toDataURL("image/png").split(",")[1];
  }, [width, height]);
  return { name: "drawing.png", mimeType: "image/png", buffer: Buffer.from(data, "base64") };
}

test("Olivia limits a team, sets the workspace up, and reads what was agreed", async ({ browser }) => {
  const page = await signIn(browser, "Olivia");
  await page.goto("/people/teams");
  await page.getByRole("link", { name: "Behavioral Health", exact: true }).click();
  await page.getByRole("combobox", { name: "Add a customer" }).fill("No Such Clinic");
  await page.getByLabel("Phone").check();
  await page.getByRole("button", { name: "Save limits" }).click();
  await expect(page.getByRole("alert")).toContainText("matches nothing on file");
  await look(page, "97-team-wrong");
  await choose(page, "Add a customer", "cedar", "Cedar Family Clinic");
  await page.getByRole("button", { name: "Save limits" }).click();
  await expect(page.getByText("Team limits saved.")).toBeVisible();
  await expect(page.getByLabel("Cedar Family Clinic")).toBeChecked();
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("Show the client’s name to the interpreter").fill("36");
  await choose(page, "Add a language", "espanol", "Spanish");
  await page.getByRole("combobox", { name: "Add a language" }).fill("Klingon");
  await page.getByLabel("Office holidays").fill("2026-12-25 Christmas Day\n2027-01-01 New Year");
  await page.getByLabel("Address (optional)", { exact: true }).fill("1 Market St\nDenver CO 80202");
  await page.getByRole("button", { name: "Save changes", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("not a language we know");
  await look(page, "98-workspace-wrong");
  await expect(page.getByLabel("Address (optional)", { exact: true })).toHaveValue("1 Market St\nDenver CO 80202");
  await choose(page, "Add a language", "vietnam", "Vietnamese");
  await page.getByRole("button", { name: "Save changes", exact: true }).click();
  await expect(page.getByLabel("Show the client’s name to the interpreter")).toHaveValue("36");
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.getByLabel("Picture").setInputFiles({ name: "logo.svg", mimeType: "image/svg+xml", buffer: Buffer.from("<svg/>") });
  await page.getByRole("button", { name: "Upload logo" }).click();
  await expect(page.getByRole("alert")).toContainText("must be a PNG or JPEG picture");
  await page.getByLabel("Picture").setInputFiles(await drawing(page, 600, 150));
  await page.getByRole("button", { name: "Upload logo" }).click();
  await expect(page.getByRole("link", { name: "Front Range Interpreters" })).toBeVisible();
  await expect.poll(() => page.locator(".space img").evaluate((img) => img.naturalWidth)).toBe(480);
  await look(page, "98-workspace");
  await page.goto("/account");
  await page.getByLabel("Photo").setInputFiles(await drawing(page, 900, 1200));
  await page.getByRole("button", { name: "Save photo" }).click();
  await expect.poll(() => page.getByAltText("Your photo").evaluate((img) => img.naturalWidth)).toBe(256);
  await look(page, "98-photo");
  await page.goto("/people");
  await look(page, "98-people-photo");
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("link", { name: "Sign-in and sessions" }).click();
  await look(page, "98-security");
  await page.getByRole("link", { name: "Legal documents" }).click();
  await page.locator("summary", { hasText: "User terms" }).click();
  await look(page, "99-legal");
});
