import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { hostsToLock, lockHosts } from "./host-locks.ts";

const newRoot = (): string => mkdtempSync(path.join(tmpdir(), "headroom-locks-"));

const onLoopback = {
  sandbox: false,
  targets: {
    web: "http://127.0.0.1:4010",
    api: "http://localhost:3000",
    subgraph: "http://[::1]:1",
  },
  resolvedAddresses: {
    "127.0.0.1": ["127.0.0.1"],
    localhost: ["127.0.0.1", "::1"],
    "[::1]": ["::1"],
  },
};
const staging = {
  sandbox: false,
  targets: { web: "https://staging.example", api: "https://api.staging.example:8443" },
  resolvedAddresses: {
    "staging.example": ["10.0.0.1"],
    "api.staging.example": ["10.0.0.1"],
  },
};

test("each host once, all names of this machine as one, none of a sandbox of the run's own", () => {
  expect(hostsToLock(onLoopback)).toEqual(["loopback"]);
  expect(hostsToLock(staging)).toEqual(["api.staging.example", "staging.example"]);
  expect(hostsToLock({ ...onLoopback, sandbox: true })).toEqual([]);
});

const request = (root: string, run: string, lines: string[] = []) => ({
  root,
  run,
  now: Date.now(),
  onTakenOver: (line: string) => void lines.push(line),
});

test("the second load of a host names the first one's run and says to wait; other hosts are free", () => {
  const root = newRoot();
  const release = lockHosts(staging, request(root, "20261130-020000-smoke-aaaa"));
  const overlapping = {
    ...staging,
    targets: { api: "https://a.example", web: "https://staging.example" },
  };
  expect(() => lockHosts(overlapping, request(root, "second"))).toThrow(
    expect.objectContaining({
      name: "StoreError",
      code: "locked",
      message: expect.stringContaining(
        `another run loads staging.example at this moment: run 20261130-020000-smoke-aaaa, process ${process.pid} on ${hostname()} holds `,
      ),
      hint: expect.stringContaining("Wait until it has ended"),
    }),
  );
  // What it had taken before it was refused is free again.
  expect(existsSync(path.join(root, "load-a.example.lock"))).toBe(false);
  lockHosts(onLoopback, request(root, "third"))();
  lockHosts(staging, request(newRoot(), "in another root"))();
  release();
  expect(readdirSync(root)).toEqual([]);
  lockHosts(staging, request(root, "second"))();
});

test("what a dead process left behind is taken over with a notice", () => {
  const root = newRoot();
  writeFileSync(
    path.join(root, "load-loopback.lock"),
    JSON.stringify({ token: "t", pid: 2 ** 22 + 1, host: hostname(), run: "killed" }),
  );
  const lines: string[] = [];
  lockHosts(onLoopback, request(root, "next", lines))();
  expect(lines).toEqual([
    `took over the lock on loopback that run killed, process 4194305 on ${hostname()} left behind`,
  ]);
});
