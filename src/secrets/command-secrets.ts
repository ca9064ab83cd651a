/** The secrets of a command: in its arguments and in Headroom's own environment variables. */
import { knownSecrets } from "./known-secrets.ts";
import { addReceiverAddress, addUrlSecrets } from "./url-secrets.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export function addCommandSecrets(words: readonly string[], env: Environment): void {
  words.forEach((word, index) => addArgument(word, words[index - 1]));
  for (const [name, value] of Object.entries(env))
    if (value !== undefined) addVariable(name, value);
}

function addArgument(word: string, before: string | undefined): void {
  const [, own, ownValue] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
  const flag = own ?? (before?.startsWith("--") === true ? before : "argument");
  const value = ownValue ?? word;
  const receiver = /^(?:slack|webhook)=(.*)$/s.exec(value)?.[1];
  if (flag === "--notify" && receiver !== undefined) addReceiverAddress(flag, receiver);
  else addUrlSecrets(flag, value);
}

function addVariable(name: string, value: string): void {
  if (/^HEADROOM_NOTIFY_(?:SLACK|WEBHOOK)$/.test(name)) addReceiverAddress(name, value);
  else if (isSecretOfOurs.test(name)) knownSecrets.add(name, value);
  else if (isUrlOfOurs.test(name)) addUrlSecrets(name, value);
}

const isSecretOfOurs =
  /^(?:HEADROOM_\w*(?:PASSWORD|PINCODE|TOKEN|SECRET|KEY)|K6_PROMETHEUS_RW_\w*(?:TOKEN|PASSWORD|HEADERS)\w*)$/;
const isUrlOfOurs = /^(?:DATABASE_URL|HEADROOM_\w+|K6_\w+|(?:https?|all)_proxy)$/i;

/** The value of a variable that a file names. @returns `undefined` where it is not set, or empty */
export function secretOf(env: Environment, name: string): string | undefined {
  const value = env[name] ?? "";
  knownSecrets.add(name, value);
  return value === "" ? undefined : value;
}
