import { mkdtempSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { environmentFileSchema, loadEnvironment } from "./environment-file.ts";
import { checkHosts } from "./hosts.ts";
import { environments } from "../../profiles/environments/index.ts";

const folder = mkdtempSync(path.join(tmpdir(), "headroom-config-"));

function environmentFile(name: string, text: string): string {
  const directory = mkdtempSync(path.join(folder, "case-"));
  mkdirSync(path.join(directory, "environments"));
  writeFileSync(path.join(directory, "environments", `${name}.json`), text);
  return directory;
}

const withNetworks = (...allowedNetworks: string[]) =>
  loadEnvironment("staging", environmentFile("staging", JSON.stringify({ allowedNetworks })));

const withCeilings = (name: string, ceilings: object) => () =>
  loadEnvironment(name, environmentFile(name, JSON.stringify({ ceilings })));

const marked = (pageMarks: object) =>
  loadEnvironment("staging", environmentFile("staging", JSON.stringify({ pageMarks })));

const silenced = (...silence: object[]) =>
  loadEnvironment("staging", environmentFile("staging", JSON.stringify({ silence })));
const until = "2027-03-31";

const refused = () =>
  silenced(
    { id: "api.response.p95", reason: "x", until },
    { id: "generator-saturated", reason: "x", until },
    { id: "slow-asets", reason: "x", until },
    { id: "slow-assets", reason: " ", until: "soon" },
  );

describe("an environment's file", () => {
  test("is not needed: the built-in environment stands", () => {
    expect(loadEnvironment("staging", folder)).toEqual({
      environment: environments.staging,
      overrides: {},
    });
  });

  test("names hosts, narrows ceilings, overrides profiles", () => {
    const directory = environmentFile(
      "staging",
      JSON.stringify({
        targets: { api: "https://api.example.test" },
        allowedHosts: ["api.example.test"],
        ceilings: { rate: "100/s", duration: "10m" },
        workloads: { web: "dapp", api: "dapp" },
        overrides: { rate: "50/s", shares: { api: "60%", web: 0.4 } },
      }),
    );
    const { environment, overrides } = loadEnvironment("staging", directory);
    expect(environment).toMatchObject({
      targets: { api: "https://api.example.test" },
      ceilings: { requestsPerMinute: 6000, durationMs: 600_000, users: 3000 },
      workloads: { web: "dapp", api: "dapp", subgraph: "graph-node-combined" },
      availabilityTarget: 0.99,
    });
    expect(overrides).toEqual({ requestsPerMinute: 3000, shares: { api: 0.6, web: 0.4 } });
  });

  test("abort rules: of errors and of latency, for any surface where none is named", () => {
    const abort = [
      { errors: "2%", for: "20s" },
      { surface: "api", p95: "800ms", for: "1m" },
    ];
    const { environment } = loadEnvironment(
      "staging",
      environmentFile("staging", JSON.stringify({ abort })),
    );
    const source = "the environment's own file";
    expect(environment.abortRules).toEqual([
      {
        id: "environment-errors-any",
        metric: "errorRatio",
        surface: "any",
        above: 0.02,
        forMs: 20_000,
        source,
      },
      {
        id: "environment-p95-api",
        metric: "p95",
        surface: "api",
        above: 800,
        forMs: 60_000,
        source,
      },
    ]);
  });

  test.each([
    ["without a limit", { for: "20s" }],
    ["with two limits", { errors: "2%", p95: "1s", for: "20s" }],
    ["without a time", { errors: "2%" }],
    ["shorter than a second", { errors: "2%", for: "200ms" }],
    ["for a surface that there is not", { errors: "2%", for: "20s", surface: "database" }],
    ["with more than everything", { errors: "120%", for: "20s" }],
  ])("an abort rule %s is refused", (_reason, rule) => {
    const directory = environmentFile("staging", JSON.stringify({ abort: [rule] }));
    expect(() => loadEnvironment("staging", directory)).toThrow(/abort\.0/);
  });

  test("an abort rule that is wrong in two places names both, and the values", () => {
    const abort = [{ errors: "5 parts", for: "1 lightyear" }];
    const directory = environmentFile("staging", JSON.stringify({ abort }));
    expect(() => loadEnvironment("staging", directory)).toThrow(
      /abort\.0\.errors: "5 parts" is not a share.*\n.*abort\.0\.for: "1 lightyear"/,
    );
  });

  test("targets and hosts are kept in one form", () => {
    const directory = environmentFile(
      "staging",
      JSON.stringify({
        targets: { api: "HTTPS://API.Example.test.:443/" },
        allowedHosts: ["API.Example.test."],
      }),
    );
    expect(loadEnvironment("staging", directory).environment).toMatchObject({
      targets: { api: "https://api.example.test" },
      allowedHosts: ["api.example.test"],
    });
  });

  test("a host with a port or a pattern is refused with its place", () => {
    const directory = environmentFile(
      "staging",
      JSON.stringify({ allowedHosts: ["api.example.test:443", "*.example.test"] }),
    );
    expect(() => loadEnvironment("staging", directory)).toThrow(
      /allowedHosts\.0: "api\.example\.test:443" has a port[\s\S]*allowedHosts\.1: "\*\.example\.test" is a pattern/,
    );
  });

  test("ceilings of an environment without approval may go beyond the built-in ones", () => {
    const directory = environmentFile(
      "staging",
      JSON.stringify({
        ceilings: { rate: "90000/min", duration: "30h", assetsPerPage: 200, hoursUtc: [0, 5] },
      }),
    );
    expect(loadEnvironment("staging", directory).environment.ceilings).toEqual({
      requestsPerMinute: 90_000,
      users: 3000,
      durationMs: 30 * 3_600_000,
      commandDurationMs: 30 * 3_600_000,
      assetsPerPage: 200,
      hoursUtc: [0, 5],
    });
  });

  test("where an approval is needed, the built-in ceilings are the most: every higher one is named", () => {
    const ceilings = {
      rate: "400/s",
      users: 1001,
      duration: "31m",
      commandDuration: "3h",
      assetsPerPage: 61,
    };
    for (const name of ["production", "disaster-recovery"])
      expect(withCeilings(name, { rate: "400/s" })).toThrow(
        expect.objectContaining({ code: "ceiling-above-built-in" }),
      );
    expect(withCeilings("production", ceilings)).toThrow(
      /^5 problems:[\s\S]*environments\/production\.json: ceilings\.rate: 24000\/min is more than the built-in ceiling of production, 17500\/min[\s\S]*ceilings\.users: 1001[\s\S]*ceilings\.duration: 1860s[\s\S]*ceilings\.commandDuration: 10800s[\s\S]*ceilings\.assetsPerPage: 61/,
    );
    expect(withCeilings("production", { rate: "1000/min", duration: "5m" })).not.toThrow();
  });

  describe("hosts of environments that need an approval", () => {
    const directory = environmentFile(
      "production",
      JSON.stringify({
        targets: { web: "https://www.example.test" },
        allowedHosts: ["API.example.test"],
      }),
    );
    const production = {
      environment: "production",
      file: path.join("environments", "production.json"),
    };

    test.each(["staging", "local", "disaster-recovery"])("are known to %s", (name) => {
      expect(loadEnvironment(name, directory).environment.approvedElsewhere).toEqual({
        "www.example.test": production,
        "api.example.test": production,
      });
    });

    test("are its own under its own name", () => {
      expect(
        loadEnvironment("production", directory).environment.approvedElsewhere,
      ).toBeUndefined();
    });

    test("are refused wherever another file lists them", async () => {
      writeFileSync(
        path.join(directory, "other.json"),
        JSON.stringify({ allowedHosts: ["api.example.test"] }),
      );
      const { environment } = loadEnvironment("staging", directory, "other.json");
      await expect(
        checkHosts(environment, { api: "https://api.example.test" }),
      ).rejects.toMatchObject({
        code: "host-not-allowed",
        message: expect.stringContaining('host "api.example.test" belongs to production'),
      });
    });

    test("a file of theirs that cannot be read stops every other environment", () => {
      expect(() => loadEnvironment("staging", environmentFile("production", "{"))).toThrow(
        /production\.json is not JSON/,
      );
    });
  });

  test("with targets of its own, local is no sandbox", () => {
    const directory = environmentFile(
      "local",
      JSON.stringify({ targets: { api: "http://127.0.0.1:3000" } }),
    );
    expect(loadEnvironment("local", directory).environment.sandbox).toBe(false);
  });

  test("every problem is reported at once, with its field", () => {
    const directory = environmentFile(
      "staging",
      JSON.stringify({ ceilings: { rate: "fast" }, allowdHosts: [], identities: { count: -1 } }),
    );
    expect(() => loadEnvironment("staging", directory)).toThrow(
      /ceilings\.rate: "fast" is not a rate[\s\S]*identities\.count[\s\S]*allowdHosts/,
    );
  });

  test("findings are silenced with a reason, until a day", () => {
    const silence = { id: "slow-assets", reason: "CDN in March", until };
    expect(silenced(silence).environment.silence).toEqual([silence]);
  });

  test("what decides cannot be silenced, an unknown id is named with the nearest ones, and no reason is none", () => {
    expect(refused).toThrow("silence.0.id: api.response.p95 cannot be silenced: it is a check");
    expect(refused).toThrow("silence.1.id: generator-saturated cannot be silenced");
    expect(refused).toThrow(
      'silence.2.id: no finding has the id "slow-asets"; the nearest are "slow-assets", "slow-asset"',
    );
    expect(refused).toThrow(/silence\.3\.reason[\s\S]*silence\.3\.until/);
  });

  test("marks of pages: those of private pages only, never empty", () => {
    expect(marked({ dashboard: 'data-user="{email}"' }).environment.pageMarks).toEqual({
      dashboard: 'data-user="{email}"',
    });
    expect(() => marked({ docs: "x", token: " " })).toThrow(/pageMarks\.token[\s\S]*docs/);
  });

  test("networks: an address alone is one address; what is no network is reported with its value", () => {
    expect(
      withNetworks("10.20.0.5", "10.21.0.0/16", "fd00::1", "::/0").environment.allowedNetworks,
    ).toEqual(["10.20.0.5/32", "10.21.0.0/16", "fd00::1/128", "::/0"]);
    for (const wrong of ["10.20.0.0/", "ten/8", "127.0.0.1/33", "::1/129", "1.2.3.4/-1", "/8", ""])
      expect(() => withNetworks("10.0.0.0/8", wrong)).toThrow(
        expect.objectContaining({
          code: "bad-environment-file",
          message: expect.stringContaining(`allowedNetworks.1: "${wrong}"`),
        }),
      );
  });

  test.each([
    ["a user", "https://ada@api.example.test", "holds a user or a password"],
    ["a password", "https://ada:hunter2@api.example.test", "holds a user or a password"],
    [
      "another protocol",
      "ftp://api.example.test",
      '"ftp://api.example.test" is not an http(s) URL',
    ],
    ["both", "ftp://ada:hunter2@api.example.test", "is not an http(s) URL"],
    ["no host", "https://ada:hunter2/@api", "is not an http(s) URL"],
  ])("a target with %s is refused, its password not repeated", (_reason, api, message) => {
    const directory = environmentFile("staging", JSON.stringify({ targets: { api } }));
    const load = () => loadEnvironment("staging", directory);
    expect(load).toThrow(`targets.api: `);
    expect(load).toThrow(message);
    expect(load).not.toThrow("hunter2");
  });

  test.each([
    [
      "a file that is not JSON",
      () => loadEnvironment("staging", environmentFile("staging", "{")),
      "is not JSON",
    ],
    [
      "a named file that is not there",
      () => loadEnvironment("staging", folder, "nowhere.json"),
      "there is no file nowhere.json",
    ],
    ["an unknown environment", () => loadEnvironment("stagin", folder), 'did you mean "staging"?'],
  ])("%s", (_reason, load, message) => {
    expect(load).toThrow(message);
  });

  test("has a JSON Schema", () => {
    expect(environmentFileSchema()).toMatchObject({
      type: "object",
      additionalProperties: false,
      properties: {
        targets: { properties: { api: { type: "string", format: "uri" } } },
        allowedNetworks: { items: { type: "string" } },
      },
    });
  });
});

describe("hosts", () => {
  const staging = {
    ...environments.staging,
    allowedHosts: ["api.example.test"],
    allowedNetworks: ["10.0.0.0/8", "fd00::/8"],
  };

  const resolvingTo = (network: string, address: string) =>
    checkHosts(
      { ...staging, allowedNetworks: [network] },
      { api: "https://api.example.test" },
      () => Promise.resolve([address]),
    );

  test("resolve once and are handed on", async () => {
    const addresses = await checkHosts(staging, { api: "https://api.example.test" }, () =>
      Promise.resolve(["10.1.2.3", "fd00::1"]),
    );
    expect(addresses).toEqual({ "api.example.test": ["10.1.2.3", "fd00::1"] });
  });

  test("not named are refused before anything is resolved", async () => {
    const check = checkHosts(staging, { web: "https://example.test" }, () =>
      Promise.reject(new Error("was asked")),
    );
    await expect(check).rejects.toThrow('host "example.test" is not in allowedHosts of staging');
  });

  test("that point elsewhere are refused", async () => {
    const check = checkHosts(staging, { api: "https://api.example.test" }, () =>
      Promise.resolve(["192.0.2.1"]),
    );
    await expect(check).rejects.toThrow("resolves to 192.0.2.1, outside allowedNetworks");
  });

  test("a network without its prefix allows one address, not all; one that is none allows nothing", async () => {
    await expect(resolvingTo("10.20.0.5", "10.20.0.5")).resolves.toBeDefined();
    await expect(resolvingTo("fd00::5", "fd00::5")).resolves.toBeDefined();
    await expect(resolvingTo("10.20.0.5", "8.8.8.8")).rejects.toThrow("outside allowedNetworks");
    await expect(resolvingTo("ten/8", "10.1.2.3")).rejects.toMatchObject({
      name: "ConfigError",
      message: expect.stringContaining('"ten/8" is not a network'),
    });
  });

  test("that do not resolve name the request that would have failed", async () => {
    const check = checkHosts(staging, { api: "https://api.example.test" }, () =>
      Promise.reject(new Error("ENOTFOUND")),
    );
    await expect(check).rejects.toMatchObject({
      code: "dns-failure",
      message: expect.stringContaining("api.example.test"),
    });
  });

  test("that are addresses need no resolver", async () => {
    expect(
      await checkHosts(environments.local, { api: "http://127.0.0.1:3", web: "http://[::1]:3" }),
    ).toEqual({
      "127.0.0.1": ["127.0.0.1"],
      "[::1]": ["::1"],
    });
  });
});

test("variables in targets are filled from the environment; of other environments only the host counts", () => {
  const directory = environmentFile(
    "staging",
    JSON.stringify({
      targets: { api: "https://api.example.test/{KIT_KEY}/x" },
      allowedHosts: ["api.example.test"],
    }),
  );
  writeFileSync(
    path.join(directory, "environments", "production.json"),
    JSON.stringify({ targets: { api: "https://live.example.test/{LIVE_KEY}" } }),
  );
  const load = (env: Record<string, string>) =>
    loadEnvironment("staging", directory, undefined, env).environment;
  expect(load({ KIT_KEY: "a/b" }).targets.api).toBe("https://api.example.test/a%2Fb/x");
  expect(load({ KIT_KEY: "a/b" }).approvedElsewhere).toHaveProperty(["live.example.test"]);
  expect(() => load({})).toThrow(/targets\.api: .*KIT_KEY is not set/);
});
