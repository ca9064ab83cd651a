import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as queues from "./queueing.ts";

describe("own cases", () => {
  test.each([
    [1, 0.5, 1 / 3, 0.5],
    [2, 1, 0.2, 1 / 3],
    [3, 2, 4 / 19, 4 / 9],
  ])("%d servers, %d erlangs", (servers, offered, lost, waiting) => {
    expect(queues.erlangB(servers, offered)).toBeCloseTo(lost, 12);
    expect(queues.erlangC(servers, offered)).toBeCloseTo(waiting, 12);
  });

  test("a saturated queue waits for ever", () => {
    const full = { servers: 2, offered: 2, serviceTime: 1 };
    expect(queues.erlangC(2, 2)).toBe(1);
    expect(queues.meanWait(full)).toBe(Infinity);
    expect(queues.waitQuantile(full, 0.5)).toBe(Infinity);
    expect(queues.servedWithin(full, 9)).toBe(0);
  });

  test("eight servers keep waiting at 30 % up to a utilisation of 0.718", () => {
    expect(queues.maxUtilisation(8, 0.3)).toBeCloseTo(0.718, 3);
  });

  test("one server: Erlang, Kingman and Allen–Cunneen agree where all is exponential", () => {
    const exponential = { arrivals: 1, services: 1 };
    const queue = { servers: 1, offered: 0.8, serviceTime: 3 };
    expect(queues.meanWait(queue)).toBeCloseTo(12, 10);
    expect(queues.kingmanWait(0.8, 3, exponential)).toBeCloseTo(12, 10);
    expect(queues.allenCunneenWait(queue, exponential)).toBeCloseTo(12, 10);
    expect(queues.waitQuantile(queue, 0.1)).toBe(0);
    expect(queues.servedWithin(queue, queues.waitQuantile(queue, 0.95))).toBeCloseTo(0.95, 10);
    expect(queues.serversFor(5, 180, { level: 0.8, within: 20 })).toBe(8);
    expect(queues.offeredForBlocking(5, 0.01)).toBeCloseTo(1.3607867966625, 8);
    expect(queues.waitingWithSlack(1)).toBeCloseTo(0.22336127, 8);
    expect(queues.squareRootServers(16, 1)).toBe(20);
  });
});

interface Vectors {
  readonly mmc: readonly {
    readonly servers: number;
    readonly offeredErlangs: number;
    readonly erlangB: number;
    readonly erlangC: number;
    readonly meanWait: number;
    readonly waitQuantile: Readonly<Record<string, number>>;
  }[];
  readonly erlangBTable: {
    readonly rows: readonly { servers: number; blocking: number; erlangs: number }[];
  };
  readonly staffing: readonly {
    arrivalRate: number;
    serviceTime: number;
    serviceLevel: number;
    within: number;
    servers: number;
    achieved: number;
  }[];
  readonly maxUtilizationForPWait: readonly {
    cores: number;
    pWait: number;
    maxUtilization: number;
  }[];
  readonly halfinWhitt: readonly { beta: number; pWait: number }[];
  readonly squareRootStaffing: readonly {
    rate: number;
    serviceTime: number;
    qos: number;
    cores: number;
  }[];
  readonly kingmanGG1: readonly {
    rho: number;
    ca2: number;
    cs2: number;
    meanService: number;
    meanWaitKingman: number;
  }[];
  readonly allenCunneenGGc: readonly {
    servers: number;
    rho: number;
    ca2: number;
    cs2: number;
    meanWaitAllenCunneen: number;
  }[];
}

const file = "../shared/vectors/queueing/vectors.json";
const known: Vectors | undefined = existsSync(file)
  ? (JSON.parse(readFileSync(file, "utf8")) as Vectors)
  : undefined;
if (known === undefined) process.stderr.write(`SKIPPED known queues: no file ${file}\n`);

const same = (ours: number, theirs: number): void =>
  expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(theirs)));

describe.skipIf(known === undefined)("known answers", () => {
  test("M/M/c", () => {
    expect(known?.mmc.length).toBeGreaterThan(100);
    for (const { servers, offeredErlangs: offered, ...one } of known?.mmc ?? []) {
      const queue = { servers, offered, serviceTime: 1 };
      same(queues.erlangB(servers, offered), one.erlangB);
      same(queues.erlangC(servers, offered), one.erlangC);
      same(queues.meanWait(queue), one.meanWait);
      for (const [p, wait] of Object.entries(one.waitQuantile))
        same(queues.waitQuantile(queue, Number(p)), wait);
    }
  });

  test("loads for a loss, servers for a service level, utilisation for a share that waits", () => {
    for (const { servers, blocking, erlangs } of known?.erlangBTable.rows ?? [])
      same(queues.offeredForBlocking(servers, blocking), erlangs);
    for (const one of known?.staffing ?? []) {
      const offered = one.arrivalRate * one.serviceTime;
      const goal = { level: one.serviceLevel, within: one.within };
      expect(queues.serversFor(offered, one.serviceTime, goal)).toBe(one.servers);
      const queue = { servers: one.servers, offered, serviceTime: one.serviceTime };
      same(queues.servedWithin(queue, one.within), one.achieved);
    }
    for (const { cores, pWait, maxUtilization } of known?.maxUtilizationForPWait ?? [])
      same(queues.maxUtilisation(cores, pWait), maxUtilization);
  });

  test("rules of thumb", () => {
    for (const { beta, pWait } of known?.halfinWhitt ?? [])
      same(queues.waitingWithSlack(beta), pWait);
    for (const { rate, serviceTime, qos, cores } of known?.squareRootStaffing ?? [])
      expect(queues.squareRootServers(rate * serviceTime, qos)).toBe(cores);
    for (const { rho, ca2, cs2, meanService, meanWaitKingman } of known?.kingmanGG1 ?? [])
      same(queues.kingmanWait(rho, meanService, { arrivals: ca2, services: cs2 }), meanWaitKingman);
    for (const { servers, rho, ca2, cs2, meanWaitAllenCunneen } of known?.allenCunneenGGc ?? []) {
      const queue = { servers, offered: rho * servers, serviceTime: 1 };
      const variability = { arrivals: ca2, services: cs2 };
      same(queues.allenCunneenWait(queue, variability), meanWaitAllenCunneen);
    }
  });
});
