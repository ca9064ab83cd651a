import { expect, test } from "vitest";
import { expectedP95Ms, LatencyModel, medianShare, serviceTimes, services } from "./latency.ts";
import type { Service } from "./latency.ts";
import { seededRandom } from "../../src/domain/random.ts";

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(q * sorted.length) - 1] ?? Number.NaN;
}

/** Draws from the whole mix of a service, each endpoint as often as the table says. */
function drawMix(latency: LatencyModel, service: Service, count: number): number[] {
  const random = seededRandom(99);
  const mix = Object.entries(serviceTimes[service].endpoints);
  const total = mix.reduce((sum, [, [, share]]) => sum + share, 0);
  return Array.from({ length: count }, () => {
    let left = random() * total;
    const found = mix.find(([, [, share]]) => (left -= share) < 0);
    return latency.draw(service, found?.[0] ?? "any");
  });
}

function drawTwo(seed: number): number[] {
  const latency = new LatencyModel(seededRandom(seed));
  return [latency.draw("api", "token.read"), latency.draw("asset", "logo")];
}

test.each(services)("the mix of %s has the 95th percentile of the table", (service) => {
  const draws = drawMix(new LatencyModel(seededRandom(1)), service, 200_000);
  const wanted = serviceTimes[service].p95Ms;
  expect(quantile(draws, 0.95) / wanted).toBeCloseTo(1, 1.7);
  expect(quantile(draws, 0.5) / wanted).toBeGreaterThan(medianShare * 0.85);
});

test("a page, its document and eight assets over six connections, has p95 = 1.5 s", () => {
  const latency = new LatencyModel(seededRandom(2));
  const documents = drawMix(latency, "document", 100_000);
  const pages = documents.map((documentMs) => {
    const connections = [0, 0, 0, 0, 0, 0];
    for (let asset = 0; asset < 8; asset++) {
      const free = connections.indexOf(Math.min(...connections));
      connections[free] = (connections[free] ?? 0) + latency.draw("asset", "any");
    }
    return documentMs + Math.max(...connections);
  });
  expect(quantile(pages, 0.95)).toBeGreaterThan(1450);
  expect(quantile(pages, 0.95)).toBeLessThan(1530);
});

test.each([
  ["nothing", () => 1],
  ["all of it", () => 1.6],
  ["one endpoint", (endpoint: string) => (endpoint === "token.read" ? 8 : 1)],
])("the 95th percentile with %s slowed down is known beforehand", (_case, factorOf) => {
  const slowdown = {
    factor: (_service: Service, endpoint: string) => factorOf(endpoint),
    delayMs: () => 0,
  };
  const draws = drawMix(new LatencyModel(seededRandom(1), slowdown), "api", 200_000);
  expect(quantile(draws, 0.95) / expectedP95Ms("api", factorOf)).toBeCloseTo(1, 1.4);
});

test("a delay comes on top of what was drawn", () => {
  const slowdown = { factor: () => 2, delayMs: () => 100 };
  const plain = new LatencyModel(seededRandom(1)).draw("asset", "any");
  const slow = new LatencyModel(seededRandom(1), slowdown).draw("asset", "any");
  expect(slow).toBeCloseTo(plain * 2 + 100);
});

test("the same seed draws the same times", () => {
  expect(drawTwo(5)).toEqual(drawTwo(5));
  expect(drawTwo(5)).not.toEqual(drawTwo(6));
});

test("a held request takes the time drawn, real work included", async () => {
  const startedAt = performance.now();
  const drawn = new LatencyModel(seededRandom(3)).draw("asset", "any");
  const latency = new LatencyModel(seededRandom(3));
  await latency.hold(startedAt, "asset", "any");
  const took = performance.now() - startedAt;
  expect(took).toBeGreaterThanOrEqual(drawn - 2);
  await latency.hold(performance.now() - 60_000, "asset", "any");
});
