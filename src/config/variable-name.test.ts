import { expect, test } from "vitest";
import { variableName } from "./variable-name.ts";

test.each([
  "HEADROOM_PLAN",
  "HEADROOM_PINCODE",
  "K6_VUS",
  "PATH",
  "HOME",
  "HTTPS_PROXY",
  "LD_PRELOAD",
  "NODE_OPTIONS",
  "XDG_CONFIG_HOME",
  "GODEBUG",
  "KUBECONFIG",
])("%s is reserved", (name) => {
  expect(variableName.safeParse(name).error?.issues[0]?.message).toContain(`${name} is reserved`);
});

test.each(["HEADROOM_PASSWORD", "STAGING_PASSWORD", "PROMETHEUS_TOKEN", "DATABASE_URL"])(
  "%s may name a secret",
  (name) => {
    expect(variableName.parse(name)).toBe(name);
  },
);
