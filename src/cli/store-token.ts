import type { ObserverSettings } from "../domain/environment.ts";
import { ConfigError } from "../domain/errors.ts";
import { secretOf } from "../secrets/command-secrets.ts";
import type { Io } from "./io.ts";

/** @returns `undefined` where the store takes none @throws ConfigError where its variable is not set */
export function storeToken(
  { tokenVariable }: NonNullable<ObserverSettings["prometheus"]>,
  { env }: Pick<Io, "env">,
): string | undefined {
  if (tokenVariable === undefined) return undefined;
  const token = secretOf(env, tokenVariable) ?? "";
  if (token !== "") return token;
  throw new ConfigError(`${tokenVariable} is not set: it holds the token of the metrics store`, {
    code: "missing-secret",
  });
}
