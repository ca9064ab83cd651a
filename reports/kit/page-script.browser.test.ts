import { expect, test } from "vitest";
import { describeInBrowser } from "../../src/testdata/chromium.ts";
import { html } from "../html.ts";
import { reports } from "../testdata/fixtures.ts";
import { manyEndpoints } from "../testdata/many-endpoints.ts";

const page = html(manyEndpoints(reports.scaling, 60));
/** The first chart of the page. */
const rate = ".chart[data-x]";

describeInBrowser("the script of a page", (open, browser) => {
  test("reads values off a chart by keyboard, and says them", async () => {
    const { page: shown, troubles } = await open(page, 1280);
    const chart = shown.locator(rate).first();
    await chart.focus();
    await shown.keyboard.press("End");
    await shown.keyboard.press("ArrowLeft");
    const said = await shown.locator(".unseen[aria-live]").first().textContent();
    const { points, label, unit } = reports.scaling.series.find((each) => each.chart === "rate")!;
    expect(unit).toBe("1/min");
    expect(said).toMatch(/^\d+:\d\d: /);
    expect(said).toContain(`${label} `);
    const [, value] = new RegExp(`${label} ([\\d.,]+)`).exec(said ?? "") ?? [];
    const values = points.slice(-4).map(([, each]) => each);
    const read = Number(value?.replaceAll(",", ""));
    expect(Math.min(...values.map((each) => Math.abs(each - read) / each))).toBeLessThan(0.005);
    expect(troubles.filter((each) => !each.includes("screenshots"))).toEqual([]);
    await shown.close();
  });

  test("the crosshair stands in every chart of the axis, and leaves with the pointer", async () => {
    const { page: shown } = await open(page, 1280);
    const charts = await shown.locator(".chart[data-x]").count();
    expect(charts).toBeGreaterThan(15);
    const chart = shown.locator(rate).first();
    await chart.scrollIntoViewIfNeeded();
    await chart.hover({ position: { x: 300, y: 50 } });
    expect(await shown.locator(".readout.on").count()).toBe(charts);
    const places = await shown.evaluate<readonly string[]>(
      "[...new Set([...document.querySelectorAll('.cross')].map((each) => each.getAttribute('x')))]",
    );
    expect(places).toHaveLength(1);
    await shown.mouse.move(5, 5);
    expect(await shown.locator(".readout.on").count()).toBe(0);
    await shown.close();
  });

  test("a dragged stretch fills every chart, Escape shows all again", async () => {
    const { page: shown } = await open(page, 1280);
    const chart = shown.locator(rate).first();
    await chart.scrollIntoViewIfNeeded();
    const box = (await chart.boundingBox())!;
    const boxOf = () =>
      shown.evaluate<readonly string[]>(
        "[...new Set([...document.querySelectorAll('.chart[data-x] > svg')].map((each) => each.getAttribute('viewBox').split(' ').slice(0, 3).join(' ')))]",
      );
    expect(await boxOf()).toEqual(["0 0 1000"]);
    const axis = await shown.locator(`${rate} .axis`).allTextContents();
    await shown.mouse.move(box.x + box.width * 0.25, box.y + 40);
    await shown.mouse.down();
    await shown.mouse.move(box.x + box.width * 0.5, box.y + 40, { steps: 3 });
    await shown.mouse.up();
    const [view = ""] = await boxOf();
    const [from = 0, , width = 0] = view.split(" ").map(Number);
    expect(from).toBeCloseTo(250, -1);
    expect(width).toBeCloseTo(250, -1);
    expect(await shown.locator(".reset:visible").textContent()).toMatch(/\d:\d\d to .*show all/);
    await chart.focus();
    await shown.keyboard.press("Escape");
    expect(await boxOf()).toEqual(["0 0 1000"]);
    expect(await shown.locator(`${rate} .axis:visible`).allTextContents()).toEqual(axis);
    expect(await shown.locator(".reset:visible").count()).toBe(0);
    await chart.press("Home");
    await chart.press("Shift+ArrowRight");
    for (let step = 0; step < 30; step++) await chart.press("Shift+ArrowRight");
    await chart.press("Enter");
    expect((await boxOf())[0]).toMatch(/^0 0 (?!1000)/);
    await shown.locator(".reset").click();
    expect(await boxOf()).toEqual(["0 0 1000"]);
    await shown.close();
  });

  test("a series is hidden and shown by its legend", async () => {
    const { page: shown } = await open(page, 1280);
    const figure = shown.locator("figure").first();
    const button = figure.locator(".legend button").first();
    const hidden = () => figure.locator("svg.chart > svg > .off").count();
    expect(await hidden()).toBe(0);
    await button.press("Enter");
    expect(await button.getAttribute("aria-pressed")).toBe("false");
    expect(await hidden()).toBeGreaterThan(0);
    await button.click();
    expect(await hidden()).toBe(0);
    await shown.close();
  });

  test("endpoints are sorted within their surface and filtered by name", async () => {
    const { page: shown } = await open(page, 1280);
    const table = shown.locator("[data-table=endpoints]");
    const head = table.locator("thead th", { hasText: "Requests" });
    const numbers = () =>
      shown.evaluate<readonly number[]>(`(() => {
        const table = document.querySelector("[data-table=endpoints]");
        const column = [...table.querySelectorAll("thead th")].findIndex((each) => each.textContent.startsWith("Requests"));
        return [...table.querySelectorAll("tbody tr:not(.group)")].map((row) => Number(row.cells[column].textContent.replaceAll(",", "")));
      })()`);
    const before = await numbers();
    await head.locator("button").press("Enter");
    expect(await head.getAttribute("aria-sort")).toBe("descending");
    expect(await numbers()).toEqual(before.toSorted((a, b) => b - a));
    await head.locator("button").click();
    expect(await numbers()).toEqual(before.toSorted((a, b) => a - b));
    await head.locator("button").click();
    expect(await head.getAttribute("aria-sort")).toBeNull();
    expect(await numbers()).toEqual(before);
    await shown.getByLabel("Filter endpoints by surface").fill("endpoint-17");
    expect(await table.locator("tbody tr:not(.group):visible").count()).toBe(1);
    await shown.emulateMedia({ media: "print" });
    expect(await table.locator("tbody tr:not(.group):visible").count()).toBe(before.length);
    await shown.close();
  });

  test("without script nothing is missing and no dead control is shown", async () => {
    const context = await browser().newContext({ javaScriptEnabled: false });
    const shown = await context.newPage();
    await shown.setContent(page);
    expect(await shown.locator("button, input, [tabindex='0'][data-x]").count()).toBe(0);
    expect(await shown.locator("[data-table=endpoints] tbody tr:not(.group)").count()).toBe(
      await shown.locator("[data-table=endpoints] tbody tr:not(.group):visible").count(),
    );
    await context.close();
  });
});
