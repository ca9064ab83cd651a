import { describe, expect, test } from "vitest";
import { testRun } from "../../analysis/testdata/test-run.ts";
import type { Plan } from "../domain/plan.ts";
import { objectName, runObjects } from "./run-objects.ts";

const settings = {
  namespace: "headroom-runners",
  image: "registry.example.com/headroom:1",
  cpu: "2",
  memory: "2Gi",
  reach: "api-server",
} as const;
const plan: Plan = {
  ...testRun().run.plan,
  targets: { web: "https://a.example.com", api: "https://b.example.com:8443/api" },
  resolvedAddresses: {
    "a.example.com": ["10.0.0.1", "fd00::1"],
    "b.example.com": ["10.0.0.2"],
  },
};
const made = (changes: Partial<Parameters<typeof runObjects>[0]> = {}) =>
  runObjects({
    id: "20261130-200528-pre-release-b8e4",
    plan,
    runners: 3,
    settings,
    scenario: "export default 1",
    secrets: { token: "of-this-run", variables: { HEADROOM_PASSWORD: "for-identities" } },
    ...changes,
  });

test("the name of a Service that the operator makes of a run's name is one", () => {
  const service = `${objectName("20261130-200528-a-profile-with-a-long-name-b8e4")}-service-100`;
  expect(service).toBe("headroom-20261130-200528-b8e4-service-100");
  expect(service).toMatch(/^[a-z][-a-z0-9]{0,62}$/);
});

test("secrets are in the Secret and nowhere else", () => {
  const { testRun: object, others } = made();
  const rest = [object, ...others.filter(({ kind }) => kind !== "Secret")];
  expect(JSON.stringify(rest)).not.toMatch(/of-this-run|for-identities/);
  expect(JSON.stringify(others)).toMatch(/of-this-run.*for-identities/);
});

describe("the TestRun", () => {
  test("pins images, has equal requests and limits, and keeps what the runners leave", () => {
    const spec = JSON.stringify(made().testRun);
    expect(spec.match(/"image":"registry\.example\.com\/headroom:1"/g)).toHaveLength(2);
    const resources = '{"cpu":"2","memory":"2Gi"}';
    expect(spec).toContain(`"resources":{"requests":${resources},"limits":${resources}}`);
    expect(spec).toContain('"parallelism":3');
    expect(spec).not.toContain("cleanup");
  });

  test("a scenario that no ConfigMap holds is refused before anything is made", () => {
    expect(() => made({ scenario: "x".repeat(1024 ** 2) })).toThrow(
      /^scenario and plan take \d+ bytes, a ConfigMap holds at most 1048576$/,
    );
  });
});

test("with a shared volume the runners mount its claim, and nobody connects to them but the operator", () => {
  const reach = { claim: "load", directory: "/mnt/load" };
  const { testRun: object, others } = made({ settings: { ...settings, reach } });
  expect(object).toMatchObject({
    spec: {
      ports: [],
      runner: {
        env: expect.arrayContaining([
          { name: "HEADROOM_VOLUME", value: "/headroom/volume/headroom-20261130-200528-b8e4" },
        ]) as unknown,
        volumes: expect.arrayContaining([
          { name: "volume", persistentVolumeClaim: { claimName: "load" } },
        ]) as unknown,
        volumeMounts: expect.arrayContaining([
          { name: "volume", mountPath: "/headroom/volume" },
        ]) as unknown,
      },
    },
  });
  const policy = JSON.stringify(others.find(({ kind }) => kind === "NetworkPolicy"));
  expect(policy).toContain('"port":6565');
  expect(policy).not.toContain('"port":6567');
});

test("runners may connect to the targets' addresses and to nothing else", () => {
  const policy = made().others.find(({ kind }) => kind === "NetworkPolicy");
  expect(policy).toMatchObject({
    spec: {
      egress: [
        { ports: [{ port: 53 }, { port: 53 }] },
        { to: [{ ipBlock: { cidr: "10.0.0.1/32" } }], ports: [{ port: 443 }] },
        { to: [{ ipBlock: { cidr: "10.0.0.2/32" } }], ports: [{ port: 8443 }] },
        { to: [{ ipBlock: { cidr: "fd00::1/128" } }], ports: [{ port: 443 }] },
      ],
    },
  });
});

describe("a push", () => {
  const url = "https://metrics.example.com/api/v1/write";
  const K6_PROMETHEUS_RW_PASSWORD = "of-the-receiver";
  const pushed = (addresses: readonly string[]) =>
    made({
      receiver: { url, addresses },
      secrets: {
        token: "t",
        variables: { K6_PROMETHEUS_RW_PASSWORD, K6_PROMETHEUS_RW_SERVER_URL: url },
      },
    });
  const egressOf = (addresses: readonly string[]) =>
    pushed(addresses).others.find(({ kind }) => kind === "NetworkPolicy");

  test("its credentials are in the Secret and nowhere else", () => {
    const { testRun: object, others } = pushed(["10.0.0.9"]);
    const rest = [object, ...others.filter(({ kind }) => kind !== "Secret")];
    expect(JSON.stringify(rest)).not.toMatch(/of-the-receiver|metrics\.example\.com/);
    expect(JSON.stringify(others)).toMatch(/of-the-receiver/);
  });

  test.each([
    ["its addresses and its port", ["10.0.0.9"], { to: [{ ipBlock: { cidr: "10.0.0.9/32" } }] }],
    ["its port, where only the cluster knows its name", [], {}],
  ])("runners may connect to %s", (_, addresses, to) => {
    const rule = { ...to, ports: [{ protocol: "TCP", port: 443 }] };
    expect(egressOf(addresses)).toMatchObject({
      spec: { egress: expect.arrayContaining([rule]) as unknown },
    });
  });
});
