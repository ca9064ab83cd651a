/** Against the real Alertmanager, as Debian packs it: what we post is taken, deduplicated, and resolved by the recovery. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import type { Message } from "./message.ts";
import { Outbox } from "./outbox.ts";
import type { Receiver } from "./receivers.ts";
import { freePort } from "../testdata/free-port.ts";

const binary = (process.env["PATH"] ?? "")
  .split(path.delimiter)
  .flatMap((folder) =>
    ["prometheus-alertmanager", "alertmanager"].map((name) => path.join(folder, name)),
  )
  .find((file) => existsSync(file));
if (binary === undefined) {
  if ((process.env["CI"] ?? "") !== "")
    throw new Error("no Alertmanager on PATH: CI installs prometheus-alertmanager");
  process.stderr.write(
    "SKIPPED: the real Alertmanager. Not on PATH (Debian: prometheus-alertmanager).\n",
  );
}

const alertsShape = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
    startsAt: z.string(),
    endsAt: z.string(),
    status: z.object({ state: z.string() }),
  }),
);

const hour = 3_600_000;
const change: Message = {
  id: "nightly/staging/api.response.p95/new-regression/n1",
  kind: "new-regression",
  severity: "P2",
  profile: "nightly",
  environment: "staging",
  metric: "api.response.p95",
  sentence: "API response p95 is worse since 2026-11-20: 150 ms → 168 ms",
  at: Date.now() - 48 * hour,
  suspects: ['commit: 8c1f20e → "51d07ab"'],
};

describe.skipIf(binary === undefined)("Alertmanager", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "headroom-alertmanager-"));
  let alertmanager: ChildProcess | undefined;
  let url = "";

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const config = path.join(folder, "alertmanager.yml");
    writeFileSync(config, "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n");
    const flags = [
      `--config.file=${config}`,
      `--storage.path=${folder}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--cluster.listen-address=",
    ];
    alertmanager = spawn(binary ?? "", flags, { stdio: "ignore" });
    await vi.waitFor(
      async () => {
        const { ok, status } = await fetch(`${url}/-/ready`);
        if (!ok) throw new Error(`not ready: ${status}`);
      },
      { timeout: 30_000, interval: 100 },
    );
  });

  afterAll(() => {
    alertmanager?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  const alerts = async () => alertsShape.parse(await (await fetch(`${url}/api/v2/alerts`)).json());

  const deliver = async (message: Message) => {
    const receivers: Receiver[] = [{ kind: "alertmanager", url }];
    const outbox = new Outbox(path.join(folder, "runs"));
    outbox.put([message], receivers, Date.now());
    return outbox.deliver(receivers, { now: Date.now, sleep: () => Promise.resolve() });
  };

  test("takes the alert, once, with severity, sentence and suspects", async () => {
    expect(await deliver(change)).toEqual({ sent: 1, waiting: [] });
    await expect.poll(alerts).toHaveLength(1);
    expect(await deliver(change)).toEqual({ sent: 0, waiting: [] });
    const [alert] = await alerts();
    expect(alert?.labels).toEqual({
      alertname: "HeadroomRegression",
      severity: "P2",
      profile: "nightly",
      environment: "staging",
      metric: "api.response.p95",
    });
    expect(alert?.annotations["description"]).toBe(`${change.sentence}\n${change.suspects[0]}`);
    expect(alert?.status.state).toBe("active");
    expect(Date.parse(alert?.endsAt ?? "")).toBeGreaterThan(Date.now() + 6 * 24 * hour);
  });

  test("resolves it with the recovery, and leaves others alone", async () => {
    const down: Message = {
      ...change,
      id: "down",
      kind: "target-down",
      severity: "P0",
      metric: "target",
    };
    await deliver(down);
    await expect.poll(alerts).toHaveLength(2);
    const recovery: Message = { ...change, id: "back", kind: "resolved", at: Date.now() - hour };
    expect(await deliver(recovery)).toEqual({ sent: 1, waiting: [] });
    await expect
      .poll(async () => (await alerts()).map(({ labels }) => labels["alertname"]))
      .toEqual(["HeadroomTargetDown"]);
  });
});
