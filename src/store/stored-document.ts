/**
 * Whole JSON documents below the runs' root: one reader and one writer. A document is an ordinary file of bounded size,
 * holds one JSON object of a known shape and carries the SHA-256 of its other fields (`sha256`), so that a changed value
 * is found as surely as a missing one. Documents from before that was kept have none, and are checked by shape only.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import type { z } from "zod";
import { codeOf, messageOf, StoreError } from "../domain/errors.ts";
import { fromJson, toJson } from "../domain/json.ts";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { sha256 } from "./hash.ts";

/** What is stored under a name, and what to do where it is broken. */
export interface DocumentKind<Shape extends z.ZodType = z.ZodType> {
  /** "a baseline". */
  readonly what: string;
  readonly code: string;
  readonly hint: string;
  readonly shape: Shape;
  /** From older versions of its format; absent: there are none. */
  readonly migrate?: (document: Record<string, unknown>) => Record<string, unknown>;
}

type FileKind = Pick<DocumentKind, "what" | "code" | "hint">;

/** Larger than any document of ours: the report of a day of load has some 20 MiB. */
const largestDocument = 256 * 1024 ** 2;
const namedProblems = 5;
const sealField = "sha256";

/**
 * @returns `undefined` where there is no such file
 * @throws StoreError with file, field and value for everything else that is not a document of this kind
 */
export function readDocument<Shape extends z.ZodType>(
  file: string,
  kind: DocumentKind<Shape>,
): z.output<Shape> | undefined {
  const stored = readObject(file, kind);
  if (stored === undefined) return undefined;
  const json = kind.migrate?.(stored) ?? stored;
  checkShape(json, file, kind);
  return asDocument<z.output<Shape>>(withInfinities(json));
}

/** Words for infinities become numbers. The pass costs more than all the rest, and few documents hold any. */
export function withInfinities(json: unknown): unknown {
  const text = textOf(json);
  return text.includes('Infinity"') ? fromJson(text) : json;
}

/**
 * The JSON object of a file, its seal checked and taken off; infinities are still words.
 * @returns `undefined` where there is no such file    @throws StoreError where it is anything else
 */
export function readObject(file: string, kind: FileKind): Record<string, unknown> | undefined {
  const bytes = readStoredBytes(file, kind, largestDocument);
  if (bytes === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    const why = bytes.length === 0 ? "the file is empty" : messageOf(error);
    throw broken(file, kind, `not JSON: ${why}`, error);
  }
  if (!isRecord(json)) throw broken(file, kind, `expected a JSON object, found ${shortly(json)}`);
  const { [sealField]: seal, ...document } = json;
  if (seal !== undefined && seal !== sha256(textOf(document)))
    throw broken(
      file,
      kind,
      `its content is not what was written: ${sealField} is ${shortly(seal)}, the content has another one`,
    );
  return document;
}

/** @throws StoreError naming fields with their values; fields that a later version added are left alone */
export function checkShape(
  json: unknown,
  file: string,
  kind: FileKind & { readonly shape: z.ZodType },
): void {
  const problems = (kind.shape.safeParse(json).error?.issues ?? [])
    .filter(({ code }) => code !== "unrecognized_keys")
    .map((issue) => problemText(issue, json));
  if (problems.length === 0) return;
  const more = problems.length - namedProblems;
  const shown = [...problems.slice(0, namedProblems), ...(more > 0 ? [`and ${more} more`] : [])];
  throw broken(file, kind, shown.join("; "));
}

function problemText({ path: field, message }: z.core.$ZodIssue, json: unknown): string {
  if (field.length === 0) return message;
  const value = field.reduce<unknown>(
    (outer, key) => (isRecord(outer) || Array.isArray(outer) ? Reflect.get(outer, key) : undefined),
    json,
  );
  const place = field.join(".");
  if (value === undefined) return `${place} is missing`;
  return `${place} is ${shortly(value)}, ${message.replace(/^Invalid (?:input|option): /, "")}`;
}

/**
 * The bytes of an ordinary file: a pipe, a device or a directory in its place is refused, and cannot make a reader wait.
 * @param limit bytes    @returns `undefined` where there is no such file    @throws StoreError
 */
function readStoredBytes(file: string, kind: FileKind, limit: number): Buffer | undefined {
  return withStoredFile(file, kind, (descriptor, size) => {
    if (size > limit) throw broken(file, kind, `it holds ${size} bytes, at most ${limit} are read`);
    return readFileSync(descriptor);
  });
}

/** As `readStoredBytes`, for what is read piece by piece. @returns `undefined` where there is no such file */
export function withStoredFile<Result>(
  file: string,
  kind: FileKind,
  read: (descriptor: number, size: number) => Result,
): Result | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw broken(file, kind, "it is not a file");
    return read(descriptor, stats.size);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    if (isCode(error, "ENOENT")) return undefined;
    throw broken(file, kind, reasonOf(error), error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** The text of a document with its seal, as `readDocument` reads it; for `writeWhole`. Secrets are no part of it. */
export function sealedText(document: object): string {
  const text = knownSecrets.clean(toJson(document));
  const clean: unknown = JSON.parse(text);
  const whole = {
    ...(isRecord(clean) ? clean : {}),
    [sealField]: sha256(JSON.stringify(clean)),
  };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}

function broken(file: string, { what, code, hint }: FileKind, why: string, cause?: unknown) {
  return new StoreError(`${file} cannot be read as ${what}: ${why}`, { code, hint, cause });
}

const reasons: Readonly<Record<string, string>> = {
  EISDIR: "it is a directory",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOTDIR: `a part of its path is not a directory`,
  ELOOP: "its symbolic links lead in a circle",
};

const reasonOf = (error: unknown): string => reasons[codeOf(error)] ?? messageOf(error);

const isCode = (error: unknown, code: string): boolean => codeOf(error) === code;

const shortly = (value: unknown): string =>
  typeof value === "object" && value !== null
    ? Array.isArray(value)
      ? "a list"
      : "an object"
    : JSON.stringify(value).slice(0, 60);

/** @throws StoreError for more levels than can be written: no document of ours has them */
function textOf(json: unknown): string {
  try {
    return JSON.stringify(json);
  } catch (error) {
    throw new StoreError("a stored document has more levels than can be read", {
      code: "unreadable-document",
      hint: "Restore the run's files from a copy, or remove its directory.",
      cause: error,
    });
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/* The shape was checked on the same text. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/no-unnecessary-type-parameters
const asDocument = <Document>(value: unknown): Document => value as Document;
