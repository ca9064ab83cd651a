import {
  chmod,
  chown,
  mkdtemp,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  truncate,
} from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBinaries, type PostgresBinaries } from "./binaries.ts";
import { makeData } from "./data-directory.ts";

let home: string;
let binaries: PostgresBinaries;
const folders: string[] = [];

beforeAll(async () => {
  const here = await findBinaries();
  home = await mkdtemp(join(here.temporary, "headroom-data-test-"));
  binaries = { ...here, template: join(home, "data.tar") };
});
afterAll(() =>
  Promise.all([home, ...folders].map((each) => rm(each, { recursive: true, force: true }))),
);

async function folder(): Promise<string> {
  const place = await mkdtemp(join(binaries.temporary, "headroom-data-test-"));
  folders.push(place);
  if (binaries.runAs !== undefined) await chown(place, binaries.runAs.uid, binaries.runAs.gid);
  return place;
}

const withoutInitdb = (): PostgresBinaries => ({ ...binaries, initdb: "/nowhere/initdb" });

/** @returns the names in the folder, and its owner */
async function made(from: PostgresBinaries): Promise<{ password: string; data: string[] }> {
  const place = await folder();
  const password = await makeData(from, place);
  expect(await readdir(place)).toEqual(["data"]);
  const { mode, uid } = await stat(join(place, "data"));
  expect({ mode: mode & 0o777, uid }).toEqual({
    mode: 0o700,
    uid: binaries.runAs?.uid ?? process.getuid?.(),
  });
  return { password, data: (await readdir(join(place, "data"))).toSorted() };
}

test("what initdb made is unpacked from then on, for us alone", async () => {
  const first = await made(binaries);
  expect(first.password.length).toBeGreaterThan(20);
  expect((await stat(binaries.template)).mode & 0o777).toBe(0o600);
  expect(await readdir(home)).toEqual(["data.tar"]);
  expect(await made(withoutInitdb())).toEqual(first);
});

test.each([
  ["that ends too early", (archive: string) => truncate(archive, 1_000_000)],
  ["that others may read", (archive: string) => chmod(archive, 0o644)],
  [
    "that is a link",
    async (archive: string) => {
      await rename(archive, `${archive}-elsewhere`);
      await symlink(`${archive}-elsewhere`, archive);
    },
  ],
])("an archive %s is made anew", async (_, spoil) => {
  await made(binaries);
  await spoil(binaries.template);
  await expect(makeData(withoutInitdb(), await folder())).rejects.toThrow("ENOENT");
  const { password } = await made(binaries);
  expect((await made(withoutInitdb())).password).toBe(password);
});
