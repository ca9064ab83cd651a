import { describe, expect, test } from "vitest";
import type { LoggedRequest, ParsedLine } from "./logged-request.ts";
import { parseJsonLine } from "./parse-json-line.ts";
import { parseTextLine } from "./parse-text-line.ts";

const at = Date.UTC(2026, 10, 14, 9, 0, 1);
const valueOf = (parsed: ParsedLine): LoggedRequest | string =>
  parsed.ok ? parsed.value : parsed.problem;
const common = { at, method: "GET", target: "/token?x=1", status: 200 };

describe("lines of text", () => {
  test.each([
    {
      format: "NCSA common",
      line: '10.0.0.1 - - [14/Nov/2026:09:00:01 +0000] "GET /token?x=1 HTTP/1.1" 200 2326',
      wanted: common,
    },
    {
      format: "NCSA combined, another zone",
      line: '10.0.0.1 - ada [14/Nov/2026:10:00:01 +0100] "GET /token?x=1 HTTP/1.1" 200 2326 "-" "kube-probe/1.31"',
      wanted: { ...common, userAgent: '"-" "kube-probe/1.31"' },
    },
    {
      format: "Apache with the virtual host",
      line: 'App.example.test:443 10.0.0.1 - - [14/Nov/2026:09:00:01 +0000] "GET /token?x=1 HTTP/1.1" 200 1 "-" "-"',
      wanted: { ...common, host: "app.example.test" },
    },
    {
      format: "ingress-nginx, with the prefix of a container runtime",
      line: '2026-11-14T09:00:05.123456789Z stdout F 10.0.0.1 - - [14/Nov/2026:09:00:01 +0000] "GET /token?x=1 HTTP/2.0" 200 1 "-" "Mozilla" 12 0.1 [default-dapp-3000] [] 10.0.0.7:3000 1 0.1 200 5a1f',
      wanted: common,
    },
    {
      format: "Traefik",
      line: '10.0.0.1 - - [14/Nov/2026:09:00:01 +0000] "GET /token?x=1 HTTP/1.1" 200 1 "-" "Mozilla" 42 "dapp@kubernetes" "http://10.0.0.7:3000" 3ms',
      wanted: common,
    },
    {
      format: "Envoy",
      line: '[2026-11-14T09:00:01.000Z] "GET /token?x=1 HTTP/2" 200 - 154 0 226 100 "10.0.35.28" "Mozilla" "cc21d9b0" "app" "10.0.2.1:80"',
      wanted: common,
    },
    {
      format: "HAProxy: the status stands before the request, the time has no zone",
      line: 'haproxy[1]: 10.0.0.1:5000 [14/Nov/2026:09:00:01.655] http-in app/pod 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /token?x=1 HTTP/1.1"',
      wanted: { ...common, status: undefined },
    },
    {
      format: "a load balancer of AWS: a whole URL",
      line: 'https 2026-11-14T09:00:01.000000Z app/lb/1 10.0.0.1:2817 10.0.0.7:80 0.0 0.0 0.0 200 200 0 57 "GET https://app.example.test:443/token?x=1 HTTP/1.1" "curl/7"',
      wanted: { ...common, target: "https://app.example.test:443/token?x=1", status: undefined },
    },
  ])("$format", ({ line, wanted }) => {
    expect(valueOf(parseTextLine(line))).toMatchObject(wanted);
  });

  test.each([
    ["bytes of TLS", '10.0.0.1 - - [14/Nov/2026:09:00:01 +0000] "\\x16\\x03\\x01" 400 150'],
    ["no request", "worker process 32 exited"],
    ["an empty request", '10.0.0.1 - - [14/Nov/2026:09:00:01 +0000] "-" 408 0'],
  ])("%s is no request", (_, line) => {
    expect(valueOf(parseTextLine(line))).toBe('no request such as "GET /path HTTP/1.1"');
  });

  test("a line without a time is a request without a time", () => {
    expect(valueOf(parseTextLine('"GET / HTTP/1.1" 200'))).toMatchObject({
      at: undefined,
      status: 200,
    });
  });

  test("quotes and backslashes without end are read in linear time", () => {
    const startedAt = performance.now();
    parseTextLine(`"GET ${'\\"'.repeat(100_000)}`);
    parseTextLine('"'.repeat(200_000));
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});

const json = (fields: object): string => JSON.stringify(fields);

describe("lines of JSON", () => {
  test.each([
    {
      writer: "ingress-nginx",
      line: json({
        time: "2026-11-14T09:00:01+00:00",
        remote_addr: "10.0.0.1",
        vhost: "App.test",
        path: "/token?x=1",
        method: "GET",
        status: 200,
        http_user_agent: "Mozilla",
      }),
      wanted: { ...common, host: "app.test", userAgent: "Mozilla" },
    },
    {
      writer: "Envoy",
      line: json({
        start_time: "2026-11-14T09:00:01.000Z",
        method: "GET",
        path: "/token?x=1",
        response_code: 200,
        authority: "app.test:443",
        user_agent: "-",
      }),
      wanted: { ...common, host: "app.test", userAgent: undefined },
    },
    {
      writer: "Istio, behind a rewritten path",
      line: json({
        start_time: "2026-11-14T09:00:01.000Z",
        method: "GET",
        path: "/",
        "x-envoy-original-path": "/token?x=1",
        response_code: 200,
      }),
      wanted: common,
    },
    {
      writer: "Traefik",
      line: json({
        StartUTC: "2026-11-14T09:00:01Z",
        RequestMethod: "GET",
        RequestPath: "/token?x=1",
        RequestHost: "app.test",
        DownstreamStatus: 200,
        "request_User-Agent": "kube-probe/1",
      }),
      wanted: { ...common, host: "app.test", userAgent: "kube-probe/1" },
    },
    {
      writer: "Caddy: nested, a time in seconds",
      line: json({
        ts: at / 1000,
        request: { method: "GET", uri: "/token?x=1", host: "app.test" },
        status: 200,
      }),
      wanted: { ...common, host: "app.test" },
    },
    {
      writer: "a cloud load balancer",
      line: json({
        timestamp: "2026-11-14T09:00:01Z",
        httpRequest: { requestMethod: "GET", requestUrl: "/token?x=1", status: 200 },
      }),
      wanted: common,
    },
    {
      writer: "a whole request line, the time as nginx has it",
      line: json({
        time_local: "14/Nov/2026:09:00:01 +0000",
        request: "GET /token?x=1 HTTP/1.1",
        status: "200",
      }),
      wanted: common,
    },
    {
      writer: "a container's log around a line of text",
      line: json({
        log: '10.0.0.1 - - [14/Nov/2026:09:00:01 +0000] "GET /token?x=1 HTTP/1.1" 200 1\n',
        stream: "stdout",
        time: "2026-11-14T09:00:09Z",
      }),
      wanted: common,
    },
    {
      writer: "a collector around JSON, whose time is taken",
      line: json({
        "@timestamp": "2026-11-14T09:00:01Z",
        message: json({ method: "get", path: "/token?x=1", status: 200 }),
      }),
      wanted: common,
    },
  ])("$writer", ({ line, wanted }) => {
    expect(valueOf(parseJsonLine(line))).toMatchObject(wanted);
  });

  test.each([
    ["{", "begins as JSON and is none"],
    [json({ level: "info", msg: "started" }), 'no request such as "GET /path HTTP/1.1"'],
    [json({ level: "info" }), "no field for the method and the path of a request"],
    [json({ method: "eth_call", path: "/" }), "no field for the method and the path of a request"],
  ])("%s: %s", (line, problem) => {
    expect(valueOf(parseJsonLine(line))).toBe(problem);
  });
});
