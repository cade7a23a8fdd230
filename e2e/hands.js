// Three ways to do the same: by mouse, by keyboard alone, and in a browser without scripts. Each counts what it takes.
import { expect } from "@playwright/test";

/** What a practiced person takes for each, in seconds: the keystroke-level model (Card, Moran, Newell 1980). */
const SECONDS = { key: 0.28, point: 1.1, home: 0.4, think: 1.35 };

export class Tally {
  clicks = 0;
  fields = 0;
  pages = 0;
  seconds = 0;
  /** Counts the pages that a person is led to. A redirect is none. */
  follow(page) {
    page.on("domcontentloaded", () => (this.pages += 1));
    return page;
  }
  clicked() {
    this.clicks += 1;
    this.seconds += SECONDS.think + SECONDS.point + SECONDS.key;
  }
  filled(keys) {
    this.fields += 1;
    this.seconds += SECONDS.think + SECONDS.point + SECONDS.home + SECONDS.key * keys;
  }
}

/** Points and clicks, and types where something is to be typed. Serves with and without scripts. */
export class Mouse {
  constructor(tally) {
    this.tally = tally;
  }
  async press(target) {
    this.tally.clicked();
    await target.click();
  }
  async tick(target) {
    this.tally.clicked();
    await target.check();
  }
  async type(target, words) {
    this.tally.filled(words.length);
    await target.fill(words);
  }
  /** A signature, drawn with the mouse. */
  async sign(page) {
    this.tally.filled(4);
    const canvas = page.locator("canvas");
    await canvas.evaluate((c) => c.scrollIntoView({ block: "center" }));
    const pad = await canvas.boundingBox();
    await page.mouse.move(pad.x + 30, pad.y + 90);
    await page.mouse.down();
    for (let i = 0; i <= 20; i += 1) await page.mouse.move(pad.x + 30 + i * 11, pad.y + 90 - 40 * Math.sin(i / 2));
    await page.mouse.up();
  }
}

/** Someone who has no script can't draw, and neither can someone who has no pointer: the note says why. */
const unsigned = (hand, page, why) => hand.type(page.getByLabel("Note"), why);

export class NoScript extends Mouse {
  sign = (page) => unsigned(this, page, "Signed on paper");
}

/** Never touches the mouse: Tab, arrows, Space and Enter. Where the focus is has to be seen. */
export class Keys {
  constructor(tally) {
    this.tally = tally;
  }
  sign = (page) => unsigned(this, page, "Signed on paper");
  async reach(target) {
    await expect(target).toBeVisible();
    const page = target.page();
    const isThere = () => target.evaluate((e) => e === document.activeElement || (e.type === "radio" && document.activeElement.type === "radio" && e.name === document.activeElement.name && e.form === document.activeElement.form));
    for (let n = 0; !(await isThere()); n += 1) {
      expect(n, `no way by Tab to ${target}`).toBeLessThan(200);
      await page.keyboard.press("Tab");
    }
    const seen = await page.evaluate(() => {
      const ringed = (e) => e && (getComputedStyle(e).outlineStyle !== "none" || getComputedStyle(e).boxShadow !== "none");
      let e = document.activeElement;
      for (let up = 0; up < 4; up += 1, e = e?.parentElement) if (ringed(e)) return true;
      return false;
    });
    expect(seen, `the focus is not seen on ${target}`).toBe(true);
  }
  async press(target) {
    this.tally.clicked();
    await this.reach(target);
    await target.page().keyboard.press("Enter");
  }
  async tick(target) {
    this.tally.clicked();
    await this.reach(target);
    const page = target.page();
    if ((await target.getAttribute("type")) === "checkbox") return page.keyboard.press("Space");
    for (let n = 0; !(await target.isChecked()); n += 1) {
      expect(n).toBeLessThan(20);
      await page.keyboard.press("ArrowDown");
    }
  }
  async type(target, words) {
    this.tally.filled(words.length);
    await this.reach(target);
    const isDate = (await target.getAttribute("type")) === "date";
    const [year, month, day] = words.split("-");
    await target.page().keyboard.press("Control+a");
    await target.page().keyboard.type(isDate ? `${month}${day}${year}` : words);
    await expect(target).toHaveValue(words);
  }
}
