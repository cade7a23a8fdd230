// Programs with a role of their own, and people invited by a file.
import { expect, test } from "@playwright/test";
import { look, prove, signIn } from "./common.js";

test.describe.configure({ mode: "serial" });

test("Olivia adds a service, narrows a key, and the program gets a token with it", async ({ browser, request }) => {
  const page = await signIn(browser, "Olivia");
  await page.goto("/people/services");
  await look(page, "90-services-none");
  await page.getByLabel("What it is").fill("Hospital bridge");
  await page.getByLabel("Role").selectOption("scheduler");
  await page.getByLabel("Comes from these networks only").fill("everywhere");
  await page.getByRole("button", { name: "Add it" }).click();
  if (await page.getByRole("heading", { name: "Prove it is you" }).isVisible()) {
    await prove(page, "Olivia");
    await page.getByRole("button", { name: "Add it" }).click();
  }
  await expect(page.getByRole("alert")).toContainText("must be network addresses");
  await expect(page.getByLabel("What it is")).toHaveValue("Hospital bridge");
  await look(page, "91-services-wrong");
  await page.getByLabel("Comes from these networks only").fill("127.0.0.0/8 ::1");
  await page.getByRole("button", { name: "Add it" }).click();
  await expect(page.getByRole("heading", { name: "Hospital bridge", exact: true })).toBeVisible();
  await page.getByLabel("What the key is for").fill("production");
  await page.getByLabel("customers.view").check();
  await page.getByRole("button", { name: "Make a key" }).click();
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
  await page.getByText("Narrow it").click();
  await look(page, "94-account-key");
  await page.goto(`/people/services/${id}`);
  await page.getByRole("button", { name: "End Hospital bridge" }).click();
  expect(await ask("/api/v1/customers")).toBe(401);
});

test("Adam invites many by a file, and nothing is sent before he presses Import", async ({ browser }) => {
  const page = await signIn(browser, "Adam");
  await page.goto("/people/invitations");
  await page.getByRole("link", { name: "Bring a file along" }).click();
  await expect(page.getByLabel("It holds")).toHaveValue("people");
  const csv = "email,name,role,teams\r\nnils@frontrange.example,Nils Berg,scheduler,Denver Metro\r\nola@frontrange.example,Ola Lund,front desk,North Colorado\r\n";
  await page.getByLabel("File").setInputFiles({ name: "staff.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await page.getByRole("button", { name: "Upload and review" }).click();
  await expect(page.getByRole("cell", { name: "front desk role" })).toBeVisible();
  await look(page, "95-import-people");
  await page.getByLabel("front desk means").selectOption("viewer");
  await page.getByLabel("North Colorado means").selectOption("Courts");
  await page.getByRole("button", { name: "Use this mapping" }).click();
  await page.getByRole("button", { name: "Import 2 rows" }).click();
  if (await page.getByRole("heading", { name: "Prove it is you" }).isVisible()) {
    await prove(page, "Adam");
    await page.getByRole("button", { name: /Import 2 rows|Go on/ }).click();
  }
  await expect(page.getByText("2 added")).toBeVisible();
  await page.goto("/people/invitations");
  await expect(page.getByRole("cell", { name: "ola@frontrange.example", exact: true })).toBeVisible();
  await look(page, "96-invitations-many");
});

test("Olivia limits a team, sets the workspace up, and reads what was agreed", async ({ browser }) => {
  const page = await signIn(browser, "Olivia");
  await page.goto("/people/teams");
  await page.getByRole("link", { name: "Behavioral Health" }).click();
  await page.getByLabel("Only these customers").fill("No Such Clinic");
  await page.getByLabel("phone").check();
  await page.getByRole("button", { name: "Save the limits" }).click();
  await expect(page.getByRole("alert")).toContainText("must be names of customers");
  await look(page, "97-team-wrong");
  await page.getByLabel("Only these customers").fill("Cedar Family Clinic");
  await page.getByRole("button", { name: "Save the limits" }).click();
  await expect(page.getByLabel("Only these customers")).toHaveValue("Cedar Family Clinic");
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("Hours before the start").fill("36");
  await look(page, "98-workspace");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByLabel("Hours before the start")).toHaveValue("36");
  await page.getByRole("link", { name: "Security" }).click();
  await look(page, "98-security");
  await page.getByRole("link", { name: "Legal documents" }).click();
  await page.getByText("Version").first().click();
  await look(page, "99-legal");
});
