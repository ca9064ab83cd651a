/** The live view of a real run, seen in a real browser. Certain in CI; elsewhere skipped where there is no Chromium. */
import { createServer } from "node:http";
import { connect, createServer as createTcpServer, type Socket } from "node:net";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { ChildProcess } from "node:child_process";
import { expect, test } from "vitest";
import type { Report } from "../src/domain/report.ts";
import { describeInBrowser } from "../src/testdata/chromium.ts";
import {
  asReport,
  headroom,
  insidePhase,
  isAlive,
  newWorkplace,
  onlyRun,
  startHeadroom,
  type Finished,
} from "./headroom.ts";

const load = ["run", "smoke", "--rate", "1200/min", "--warm-up", "2s"] as const;
const slowTest = { timeout: 150_000 } as const;

interface Started {
  readonly workplace: string;
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  readonly url: string;
}

/** A run with a live view, once it has told where that is. */
async function start(...more: readonly string[]): Promise<Started> {
  const workplace = newWorkplace();
  const { child, finished } = startHeadroom(workplace, [...load, "--live", "--json", ...more]);
  const url = await new Promise<string>((resolve, reject) => {
    let err = "";
    child.stderr?.on("data", (text: string) => {
      err += text;
      const [, address] = /^Live: (http\S+)$/m.exec(err) ?? [];
      if (address !== undefined) resolve(address);
    });
    void finished.then(() => reject(new Error(`there was no live view: ${err}`)));
  });
  return { workplace, child, finished, url };
}

const verdictOf = (report: Report): string => report.outcome.toUpperCase();

/** Answered requests a minute, as the head of the page says; 0 before the load. */
const rateIn = (sentence: string): number =>
  Number((/answered ([\d,]+)/.exec(sentence)?.[1] ?? "0").replaceAll(",", ""));

/** As ssh -L makes one: another port of this machine. */
async function tunnelTo(url: string) {
  const open = new Set<Socket>();
  let isCut = false;
  const server = createTcpServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(new URL(url).port), "127.0.0.1");
    for (const end of [near, far]) {
      open.add(end);
      end.on("error", () => undefined).once("close", () => open.delete(end));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const through = new URL(url);
  through.port = String(typeof address === "object" && address !== null ? address.port : 0);
  const cut = (): void => {
    isCut = true;
    for (const end of open) end.destroy();
  };
  const close = (): void => {
    cut();
    server.close();
  };
  return { url: through.href, cut, close, mend: () => void (isCut = false) };
}

describeInBrowser("the live view", (_, browser) => {
  test("shows the load while it goes on, and goes over to the report", slowTest, async () => {
    const { url, workplace, finished } = await start("--duration", "20s");
    const page = await browser().newPage({ viewport: { width: 1440, height: 900 } });
    const troubles: string[] = [];
    const elsewhere: string[] = [];
    page.on("console", (message) => troubles.push(message.text()));
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith(url)) elsewhere.push(request.url());
    });
    await page.goto(url);
    expect(await page.locator("#live-head h1").innerText()).toContain("LIVE");
    // A viewer that asks and never reads, from the start to the end.
    const deaf = connect(Number(new URL(url).port), "127.0.0.1").pause();
    deaf.on("error", () => undefined);
    deaf.write(`GET ${new URL(url).pathname}events HTTP/1.1\r\nHost: localhost\r\n\r\n`);

    await insidePhase(workplace, "hold", 1);
    const requests = async (): Promise<number> =>
      Number(
        (
          /of ([\d,]+) requests failed/.exec(await page.locator(".sentence").innerText())?.[1] ??
          "0"
        ).replaceAll(",", ""),
      );
    await expect.poll(requests, { timeout: 20_000 }).toBeGreaterThan(0);
    const before = await requests();
    await expect.poll(requests, { timeout: 10_000 }).toBeGreaterThan(before);
    expect(rateIn(await page.locator(".sentence").innerText())).toBeGreaterThan(0);
    await expect
      .poll(() => page.locator("#live-charts svg.chart[role=img]").count(), { timeout: 10_000 })
      .toBeGreaterThan(4);
    // On a busy machine a surface that crossed its limit was said since.
    expect(await page.locator("#live-said").textContent()).toMatch(/has begun|its limit/);
    expect(await page.locator("#happenings").innerText()).toContain("Phase hold has begun");
    for (const width of [1440, 360]) {
      await page.setViewportSize({ width, height: 900 });
      const needed = await page.evaluate<number>("document.documentElement.scrollWidth");
      expect(needed).toBeLessThanOrEqual(width);
    }

    // A pause holds the picture, not the run.
    await page.locator("#live-pause").click();
    const held = await page.locator(".sentence").innerText();
    await wait(2500);
    expect(await page.locator(".sentence").innerText()).toBe(held);
    await page.locator("#live-pause").click();

    const { out, status } = await finished;
    deaf.destroy();
    const report = asReport(out);
    expect(status).toBe(report.exitStatus);
    await page.waitForURL(/\/report\/[^/]+\/report\.html$/);
    expect(await page.locator("h1").innerText()).toContain(verdictOf(report));
    const stored = readFileSync(path.join(onlyRun(workplace), "report.html"), "utf8");
    expect(await page.title()).toBe(/<title>([^<]*)/.exec(stored)?.[1]);
    expect(troubles).toEqual([]);
    expect(elsewhere).toEqual([]);
    await page.close();
  });

  test(
    "a viewer that lost its connection comes back; Ctrl-C ends in the report of what was measured",
    slowTest,
    async () => {
      const { url, workplace, child, finished } = await start("--duration", "60s");
      const page = await browser().newPage();
      const tunnel = await tunnelTo(url);
      await page.goto(tunnel.url);
      await insidePhase(workplace, "hold", 2);
      const seen = page.locator("#live-head .sentence");
      await expect.poll(() => seen.innerText(), { timeout: 20_000 }).toContain("answered");

      // The page says that it hears nothing, and comes back by itself.
      tunnel.cut();
      const news = page.locator("#live-status");
      await expect.poll(() => news.innerText(), { timeout: 15_000 }).toMatch(/^No news of the run/);
      const during = await seen.innerText();
      tunnel.mend();
      await expect.poll(() => news.innerText(), { timeout: 15_000 }).toBe("");
      expect(await seen.innerText()).not.toBe(during);
      // A page that is opened anew has all of it at once.
      await page.reload();
      expect(await page.locator("#happenings").innerText()).toContain("The load began.");

      child.kill("SIGINT");
      const { out, status } = await finished;
      expect(status).toBe(130);
      await page.waitForURL(/report\.html$/);
      expect(await page.locator("h1").innerText()).toContain(verdictOf(asReport(out)));
      expect(await page.locator("h1").innerText()).toContain("PARTIAL");
      await page.close();
      tunnel.close();
    },
  );
});

test(
  "nobody looks on: the run ends as soon as without, and wrong tokens see nothing",
  slowTest,
  async () => {
    const { url, child, finished } = await start("--duration", "8s");
    const wrong = url.replace(/\/[0-9a-f]+\/$/, `/${"0".repeat(48)}/`);
    expect((await fetch(wrong)).status).toBe(404);
    expect((await fetch(url, { method: "POST" })).status).toBe(405);
    const { out, err } = await finished;
    expect(asReport(out).run.plan.profile).toBe("smoke");
    // Without a terminal, too.
    expect(err.match(/^Live: /gm)).toHaveLength(1);
    expect(isAlive(child.pid ?? 0)).toBe(false);
  },
);

test("a port in use is one error, before anything is started", slowTest, async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const address = other.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const workplace = newWorkplace();
  const { status, err, out } = await headroom(workplace, [...load, `--live=${port}`]);
  other.close();
  expect(status).toBe(2);
  expect(out).toBe("");
  expect(err).toContain(
    `error: --live: port ${port} of this machine cannot be served: it is in use`,
  );
  expect(err).not.toContain("sandbox");
  expect(readdirSync(workplace)).toEqual([]);
});
