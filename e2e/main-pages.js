// The ten pages that people spend their days on, and how each is come to.
import { expect } from "@playwright/test";
import { PHONE, signIn } from "./common.js";

/** The address of the first link that fits. */
const first = (page, fits) => page.locator("a[href]").evaluateAll((all, fits) => all.map((a) => new URL(a.href).pathname).find((path) => new RegExp(fits).test(path)), fits);

const ID = "[0-9a-f]{8}-[0-9a-f-]{27}$";

/** Offers an appointment of the named world to Linh, where nobody was asked yet. */
async function offered(dora, appointment) {
  await dora.goto(appointment);
  const choice = dora.getByLabel("Choose Linh Tran");
  if (!(await choice.isVisible())) return;
  await choice.check();
  await dora.getByRole("button", { name: "Offer to one" }).click();
  await expect(dora.locator(".head .status")).toHaveText("Pending");
}

/** The pages with an address and a browser's state for each; an offer is made if there is none. */
export async function mainPages(browser, enter = signIn) {
  const dora = await enter(browser, "Dora");
  const linh = await enter(browser, "Linh", PHONE);
  const carl = await enter(browser, "Carl");
  const bea = await enter(browser, "Bea");
  await dora.goto("/appointments?view=all&q=FR-1003");
  const appointment = await first(dora, `^/appointments/${ID}`);
  await offered(dora, appointment);
  await linh.goto("/offers");
  const offer = await first(linh, `^/offers/${ID}`);
  const of = async (page, size) => ({ storageState: await page.context().storageState(), ...size });
  const phone = { viewport: PHONE, hasTouch: true, isMobile: true };
  return [
    { name: "sign-in", path: "/sign-in", context: {} },
    { name: "overview", path: "/overview", context: await of(dora) },
    { name: "appointments", path: "/appointments?view=all", context: await of(dora) },
    { name: "appointment", path: appointment, context: await of(dora) },
    { name: "new appointment", path: "/appointments/new", context: await of(dora) },
    { name: "interpreters", path: "/interpreters", context: await of(dora) },
    { name: "vouchers", path: "/vouchers?state=all", context: await of(bea) },
    { name: "phone today", path: "/today", context: await of(linh, phone) },
    { name: "phone offer", path: offer, context: await of(linh, phone) },
    { name: "log", path: "/audit", context: await of(carl) },
  ];
}
