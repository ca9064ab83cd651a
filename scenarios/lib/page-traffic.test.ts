import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { roleShares, tableRows } from "../../profiles/page-views.ts";
import { scenarios } from "../../profiles/scenarios.ts";
import { apiReadNames } from "./api-calls.ts";
import { weightOfRead } from "./api-weights.ts";
import { pageCalls } from "./page-calls.ts";
import { otherPageRequests, pageRequests, tokenTabRequests } from "./page-requests.ts";
import type { PageRequest } from "./page-requests.ts";
import {
  apiWeights,
  countRequests,
  requestsPerView,
  senderOf,
  viewsOfPageKinds,
} from "./page-traffic.ts";
import { procedureOperations } from "./procedure-operations.ts";

const every = [pageRequests, tokenTabRequests, otherPageRequests].flatMap((pages) =>
  Object.values(pages),
);
const request = (changes: Partial<PageRequest>): PageRequest => ({
  procedure: "token.read",
  times: 1,
  by: "component",
  isShared: false,
  isDisplayed: true,
  source: "routes/__root.tsx",
  ...changes,
});

describe("the table of pages", () => {
  test("has the page kinds of the web scenario", () => {
    expect(Object.keys(pageRequests)).toEqual(Object.keys(pageCalls));
  });

  test("names a source for each request, and the operations of each procedure", () => {
    for (const { route, requests } of every) {
      expect(route).toMatch(/\.tsx$/);
      for (const { source, procedure } of requests as readonly PageRequest[]) {
        expect(source).toMatch(/^(routes|components|hooks)\/.+\.tsx?$/);
        expect(Object.keys(procedureOperations)).toContain(procedure);
      }
    }
  });

  test("users are those of the journeys", () => {
    expect(roleShares).toEqual(
      Object.fromEntries(scenarios.mixed.flows.map(({ name, share }) => [name, share])),
    );
  });
});

describe("who sends a request", () => {
  test.each([
    ["a layout's, for a document", { by: "layout" }, "document", "server"],
    ["a layout's, inside the application", { by: "layout" }, "inApp", undefined],
    ["a loader's, for a document", { by: "loader" }, "document", "server"],
    ["a loader's, inside the application", { by: "loader" }, "inApp", "browser"],
    ["a component's, for a document", {}, "document", "browser"],
    ["a shared one, for a document", { isShared: true }, "document", "browser"],
    ["a shared one, inside the application", { isShared: true }, "inApp", undefined],
    ["one on the screen, at a return", {}, "refocus", "browser"],
    ["one not on the screen, at a return", { isDisplayed: false }, "refocus", undefined],
  ] as const)("%s", (_case, changes, way, sender) => {
    expect(senderOf(request(changes), way)).toBe(sender);
  });

  test("counts by users, tokens and rows", () => {
    expect(requestsPerView(request({ roles: ["issuer", "administrator"] }))).toBeCloseTo(0.3);
    expect(requestsPerView(request({ tokens: "bond", times: 2 }))).toBeCloseTo(0.4);
    expect(requestsPerView(request({ times: "rows" }))).toBeCloseTo(tableRows);
  });
});

describe("weights of the API mix", () => {
  test("keep the ratio of the browser's requests", () => {
    const counts = countRequests("browser");
    const weights = apiWeights();
    const ratio = (counts.get("token.statsSupplyChanges") ?? 0) / (counts.get("token.read") ?? 0);
    expect(
      (weights.get("token.statsSupplyChanges") ?? 0) / (weights.get("token.read") ?? 1),
    ).toBeCloseTo(ratio, 0);
    expect([...weights.keys()].toSorted()).toEqual([...counts.keys()].toSorted());
    for (const weight of weights.values()) expect(weight).toBeGreaterThanOrEqual(1);
  });

  test("what a document's server requests is not requested again by the browser", () => {
    const documents = [
      { requests: pageRequests.token.requests, way: "document", views: 1 },
    ] as const;
    const server = countRequests("server", documents);
    const browser = countRequests("browser", documents);
    expect([...server.keys()]).toContain("user.me");
    for (const procedure of ["user.me", "settings.read", "system.factory.list", "actions.list"]) {
      expect(browser.has(procedure)).toBe(false);
    }
    // The navigation of a token page asks for the system; only the dashboard's loader has it on the server.
    expect(server.has("system.read")).toBe(false);
    expect(browser.get("system.read")).toBeCloseTo(1);
  });
});

const sum = (entries: readonly (readonly [string, number])[]): number =>
  entries.reduce((total, [, count]) => total + count, 0);

/** Which part of the requests is to procedures of the mix, 0..1. */
function shareInMix(counts: ReadonlyMap<string, number>): number {
  const inMix = new Set<string>(apiReadNames.filter((name) => weightOfRead(name) > 0));
  const all = [...counts];
  return sum(all.filter(([procedure]) => inMix.has(procedure))) / sum(all);
}

describe("what the pages request is in the mix", () => {
  test("at least 90 % of the requests of the five page kinds", () => {
    expect(shareInMix(countRequests("browser", viewsOfPageKinds))).toBeGreaterThanOrEqual(0.99);
    expect(shareInMix(countRequests("server", viewsOfPageKinds))).toBe(1);
    expect(shareInMix(countRequests("browser"))).toBeGreaterThanOrEqual(0.99);
  });

  test("at least 90 % of the procedures of the five page kinds", () => {
    const procedures = [
      ...new Set([
        ...countRequests("browser", viewsOfPageKinds).keys(),
        ...countRequests("server", viewsOfPageKinds).keys(),
      ]),
    ];
    const missing = procedures.filter((name) => !apiReadNames.some((read) => read === name));
    // It needs a bond with a schedule of interest: 1 of 400 requests.
    expect(missing).toEqual(["fixedYieldSchedule.read"]);
    expect(missing.length / procedures.length).toBeLessThan(0.1);
  });

  test("no procedure that no page requests", () => {
    const counts = countRequests("browser");
    expect(apiReadNames.filter((name) => !counts.has(name))).toEqual([]);
  });
});

/** Cells of a table's row without the padding that the formatter adds. */
const cellsOf = (line: string): string =>
  line
    .split("|")
    .map((cell) => cell.trim())
    .join("|");

const page = readFileSync(path.resolve(import.meta.dirname, "../../docs/mix.md"), "utf8");
const documented = new Set(page.split("\n").map(cellsOf));

/** How often one view requests it, and under which condition. */
function timesText({ times, roles: causedBy, tokens }: PageRequest): string {
  const condition = [...(causedBy ?? []), ...(tokens === undefined ? [] : [`${tokens} tokens`])];
  const count = times === "rows" ? "1 per row" : String(times);
  return condition.length === 0 ? count : `${count} (${condition.join(", ")})`;
}

describe("docs/mix.md", () => {
  const rows = [pageRequests, tokenTabRequests, otherPageRequests].flatMap((pages) =>
    Object.entries(pages).flatMap(([name, { requests }]) =>
      (requests as readonly PageRequest[]).map((one) =>
        [
          "",
          name,
          `\`${one.procedure}\``,
          timesText(one),
          senderOf(one, "document") ?? "",
          `\`${one.source}\``,
          "",
        ].join("|"),
      ),
    ),
  );

  test("has a row for each request of each page", () => {
    expect([...new Set(rows)].filter((row) => !documented.has(row))).toEqual([]);
  });

  test("has a row for each procedure, with its weight and its operations", () => {
    const weights = apiWeights();
    const expected = [...weights].map(([procedure, weight]) => {
      const operations = Object.entries(procedureOperations).find(([name]) => name === procedure);
      const counts = new Map<string, number>();
      for (const name of operations?.[1] ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
      const text = [...counts].map(([name, count]) => (count === 1 ? name : `${name} ×${count}`));
      return `|\`${procedure}\`|${weight}|${text.join(", ") || "none"}|`;
    });
    expect(expected.filter((row) => !documented.has(row))).toEqual([]);
  });
});
