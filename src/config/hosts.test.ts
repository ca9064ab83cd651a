import { defined } from "../domain/defined.ts";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { environments } from "../../profiles/environments/index.ts";
import { hostOf } from "../../scenarios/lib/guard.ts";
import type { Environment } from "../domain/environment.ts";
import { checkHosts, hostOfTarget, parseHost, parseTarget } from "./hosts.ts";

const resolvingTo =
  (...addresses: readonly string[]) =>
  () =>
    Promise.resolve(addresses);

const staging: Environment = { ...environments.staging, allowedHosts: ["api.example.test"] };

const check = (address: string, allowedNetworks?: readonly string[]) =>
  checkHosts(
    { ...staging, ...defined({ allowedNetworks }) },
    { api: "https://api.example.test" },
    resolvingTo(address),
  );

describe("addresses that are no ordinary target", () => {
  test.each([
    ["169.254.169.254", "the address of a cloud's metadata service"],
    ["169.254.170.2", "the address of a cloud's metadata service"],
    ["168.63.129.16", "the address of a cloud's metadata service"],
    ["100.100.100.200", "the address of a cloud's metadata service"],
    ["fd00:ec2::254", "the address of a cloud's metadata service"],
    ["FD00:EC2:0::0254", "the address of a cloud's metadata service"],
    ["::ffff:169.254.169.254", "the address of a cloud's metadata service"],
    ["::ffff:a9fe:a9fe", "the address of a cloud's metadata service"],
    ["64:ff9b::169.254.169.254", "the address of a cloud's metadata service"],
    ["2002:a9fe:a9fe::1", "the address of a cloud's metadata service"],
    ["0.0.0.0", "an unspecified address"],
    ["0.1.2.3", "an unspecified address"],
    ["::", "an unspecified address"],
    ["127.0.0.1", "a loopback address"],
    ["127.9.9.9", "a loopback address"],
    ["::1", "a loopback address"],
    ["::ffff:127.0.0.1", "a loopback address"],
    ["::127.0.0.1", "a loopback address"],
    ["169.254.1.1", "a link-local address"],
    ["fe80::1", "a link-local address"],
    ["fe80::1%eth0", "a link-local address"],
    ["febf::1", "a link-local address"],
    ["224.0.0.1", "a multicast address"],
    ["239.255.255.255", "a multicast address"],
    ["ff02::1", "a multicast address"],
    ["255.255.255.255", "the broadcast address"],
    ["240.0.0.1", "a reserved address"],
  ])("%s is refused without a network, and by one that names everything", async (address, noun) => {
    const refused = {
      code: "host-not-allowed",
      message: expect.stringContaining(`api.example.test resolves to ${address}, ${noun}`),
    };
    await expect(check(address)).rejects.toMatchObject(refused);
    await expect(check(address, ["0.0.0.0/0", "::/0"])).rejects.toMatchObject(refused);
  });

  test.each([
    ["169.254.169.254", ["169.254.169.254"]],
    ["::ffff:169.254.169.254", ["169.254.169.254/32"]],
    ["fd00:ec2::254", ["fd00:ec2::254"]],
    ["127.0.0.1", ["127.0.0.0/8"]],
    ["::1", ["::1/128"]],
    ["169.254.7.7", ["169.254.7.0/24"]],
    ["fe80::1", ["fe80::/10"]],
  ])("%s is allowed by a network that names it: %j", async (address, networks) => {
    await expect(check(address, networks)).resolves.toBeDefined();
  });

  test("a network of link-local addresses does not name the metadata service in it", async () => {
    await expect(check("169.254.169.254", ["169.254.0.0/16"])).rejects.toThrow("metadata service");
  });

  test.each([
    "10.1.2.3",
    "192.168.1.1",
    "172.16.0.9",
    "8.8.8.8",
    "fd00::1",
    "2001:db8::1",
    "::ffff:10.1.2.3",
    "100.64.0.1",
  ])("%s is an ordinary address", async (address) => {
    await expect(check(address)).resolves.toBeDefined();
  });

  test("all addresses of a name are looked at", async () => {
    const both = checkHosts(
      staging,
      { api: "https://api.example.test" },
      resolvingTo("10.0.0.1", "169.254.169.254"),
    );
    await expect(both).rejects.toThrow("metadata service");
  });

  test("an address as the target is refused too, in every spelling", async () => {
    for (const text of [
      "http://169.254.169.254",
      "http://2852039166",
      "http://0xa9.0xfe.0xa9fe",
      "http://0251.0376.0251.0376",
      "http://[::ffff:169.254.169.254]",
    ]) {
      const parsed = parseTarget(text);
      const url = parsed.ok ? parsed.value : "";
      const environment = { ...staging, allowedHosts: [hostOfTarget(url)] };
      await expect(checkHosts(environment, { api: url })).rejects.toThrow("metadata service");
    }
  });
});

describe("names", () => {
  test.each([
    [
      "ENOTFOUND",
      () =>
        Promise.reject(Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" })),
    ],
    ["no address", resolvingTo()],
  ])("that resolve to nothing are not found: %s", async (_reason, resolve) => {
    const checked = checkHosts(staging, { api: "https://api.example.test" }, resolve);
    await expect(checked).rejects.toMatchObject({
      name: "TargetError",
      code: "dns-failure",
      message:
        "api target https://api.example.test: host not found: the name api.example.test does not resolve (ENOTFOUND)",
    });
  });

  test("every target that is refused is named at once", async () => {
    const checked = checkHosts(
      { ...staging, allowedHosts: ["api.example.test", "web.example.test"] },
      {
        api: "https://api.example.test",
        web: "https://web.example.test",
        subgraph: "https://elsewhere.example.test",
      },
      (host) => Promise.resolve(host.startsWith("api") ? ["127.0.0.1"] : []),
    );
    await expect(checked).rejects.toThrow(
      /^3 problems:[\s\S]*loopback[\s\S]*elsewhere\.example\.test" is not in allowedHosts[\s\S]*host not found: the name web/,
    );
  });

  test("a host that needs an approval elsewhere is refused under this name", async () => {
    const environment: Environment = {
      ...staging,
      approvedElsewhere: {
        "api.example.test": { environment: "production", file: "environments/production.json" },
      },
    };
    await expect(
      checkHosts(environment, { api: "https://API.example.test." }, resolvingTo("10.0.0.1")),
    ).rejects.toThrow(
      'api target of staging: host "api.example.test" belongs to production (environments/production.json)',
    );
  });
});

describe("one form of each target", () => {
  test.each([
    ["HTTP://API.Example.TEST", "http://api.example.test"],
    ["https://api.example.test:443/", "https://api.example.test"],
    ["http://api.example.test:80/x/", "http://api.example.test/x"],
    ["https://api.example.test:8443", "https://api.example.test:8443"],
    ["https://api.example.test.", "https://api.example.test"],
    ["https://bücher.example", "https://xn--bcher-kva.example"],
    ["https://BÜCHER.example", "https://xn--bcher-kva.example"],
    ["http://2130706433:4010", "http://127.0.0.1:4010"],
    ["http://0x7f.1", "http://127.0.0.1"],
    ["http://0177.0.0.1", "http://127.0.0.1"],
    ["http://127.1", "http://127.0.0.1"],
    ["http://[0:0:0:0:0:0:0:1]:3", "http://[::1]:3"],
    ["http://api.example.test\\@evil.example/", "http://api.example.test/@evil.example"],
    ["http://api.example.test/subgraphs/name/kit#x", "http://api.example.test/subgraphs/name/kit"],
    ["http://api。example。test", "http://api.example.test"],
  ])("%s is %s", (text, url) => {
    expect(parseTarget(text)).toEqual({ ok: true, value: url });
  });

  test.each([
    "http://a..b",
    "http://.example.test",
    "http://1.2.3.4.5",
    "http://256.1.1.1",
    "api.example.test",
  ])("%s is refused", (text) => {
    expect(parseTarget(text).ok).toBe(false);
  });

  test("Headroom and the scenario read the same host of it", () => {
    fc.assert(
      fc.property(
        fc.webUrl({ validSchemes: ["http", "https"], withQueryParameters: true }),
        fc.func(fc.boolean()),
        (text, isUpper) => {
          const mixed = text.replaceAll(/[a-z]/g, (letter) =>
            isUpper(letter) ? letter.toUpperCase() : letter,
          );
          const parsed = parseTarget(mixed);
          if (!parsed.ok) return;
          expect(hostOf(parsed.value)).toBe(hostOfTarget(parsed.value));
          expect(parseTarget(parsed.value)).toEqual(parsed);
        },
      ),
    );
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 32 - 1 }), (address) => {
        const [decimal, hex] = [
          parseTarget(`http://${address}`),
          parseTarget(`http://0x${address.toString(16)}`),
        ];
        expect(decimal).toEqual(hex);
        expect(decimal.ok && hostOf(decimal.value)).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
      }),
    );
  });
});

describe("one form of each host", () => {
  test.each([
    ["API.example.test.", "api.example.test"],
    ["::1", "[::1]"],
    ["[::0001]", "[::1]"],
    ["0x7f000001", "127.0.0.1"],
    ["bücher.example", "xn--bcher-kva.example"],
  ])("%s is %s", (text, host) => {
    expect(parseHost(text)).toEqual({ ok: true, value: host });
  });

  test.each([
    ["api.example.test:443", "has a port"],
    ["api.example.test:80", "has a port"],
    ["[::1]:80", "has a port"],
    ["*.example.test", "is a pattern"],
    ["https://api.example.test", "is not a host"],
    ["api.example.test/x", "is not a host"],
    ["user@api.example.test", "is not a host"],
    ["", "is not a host"],
  ])("%j is refused", (text, problem) => {
    expect(parseHost(text)).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
  });

  test("hosts of an environment are compared in it", async () => {
    const environment = { ...staging, allowedHosts: ["API.Example.test."] };
    await expect(
      checkHosts(environment, { api: "https://api.example.test" }, resolvingTo("10.0.0.1")),
    ).resolves.toEqual({ "api.example.test": ["10.0.0.1"] });
  });
});
