/** Example ids in the platform's format. */
import type { PlatformIds } from "../../scenarios/lib/ids.ts";

const exampleAddress = (digit: string): string => `0x${digit.repeat(40)}`;

export const exampleIds: PlatformIds = {
  system: exampleAddress("1"),
  identityFactory: exampleAddress("2"),
  identityRegistryStorage: exampleAddress("3"),
  topicSchemeRegistry: exampleAddress("4"),
  trustedIssuersRegistry: exampleAddress("5"),
  complianceModuleRegistry: exampleAddress("6"),
  yieldSchedules: [exampleAddress("7")],
  tokens: ["a", "e"].map((digit) => ({ id: exampleAddress(digit), factory: exampleAddress("b") })),
  bonds: [exampleAddress("a")],
  factories: [exampleAddress("b")],
  accounts: [exampleAddress("c"), exampleAddress("d")],
};
