/** `{VARIABLE}` in the address of a target: a key that belongs to the path, filled in from the environment. */
import { knownSecrets } from "../secrets/known-secrets.ts";
import type { Parsed } from "../domain/parsed.ts";
import { variableName } from "./variable-name.ts";

/** Braces, or what a normalised URL has for them. */
const placeholder = /(?:\{|%7B)([^{}/%]*)(?:\}|%7D)/gi;

/**
 * The address with its variables filled in, URL-encoded. Whatever is written or shown has the template.
 * @param template an http(s) URL @param env of the caller
 */
export function fillTarget(
  template: string,
  env: Readonly<Record<string, string | undefined>>,
): Parsed<string> {
  const names = [...template.matchAll(placeholder)].map(([, name = ""]) => name);
  if (names.length === 0) return { ok: true, value: template };
  const problems = [
    ...(/^[^/]*\/\/[^/?#]*(?:\{|%7B)/i.test(template)
      ? [
          "a variable may stand after the host only: hosts are checked against allowedHosts as written",
        ]
      : []),
    ...names.flatMap((name) => problemOf(name, env)),
  ];
  if (problems.length > 0) return { ok: false, problem: `"${template}": ${problems.join("; ")}` };
  const filled = template.replaceAll(placeholder, (_, name: string) =>
    encodeURIComponent(env[name] ?? ""),
  );
  const source = names.join(", ");
  for (const name of names) knownSecrets.add(name, env[name], `{${name}}`);
  knownSecrets.addShownAs(source, filled, template.replaceAll(placeholder, "{$1}"));
  return { ok: true, value: filled };
}

function problemOf(name: string, env: Readonly<Record<string, string | undefined>>): string[] {
  const named = variableName.safeParse(name);
  if (!named.success) return named.error.issues.map(({ message }) => `{${name}}: ${message}`);
  const value = env[name] ?? "";
  if (value === "")
    return [
      `the environment variable ${name} is not set: set it to what takes the place of {${name}}`,
    ];
  return /^\.{1,2}$/.test(value) ? [`${name} is "${value}", which would lead to another path`] : [];
}
