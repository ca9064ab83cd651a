/** What the readers of GitLab, GitHub and Jenkins take and show; docs/outlets.md has what they did with our files. */
import { expect, test } from "vitest";
import { gateJunit } from "../gate/junit.ts";
import { document as gateDocument } from "../gate/testdata/document.ts";
import { junit } from "../junit.ts";
import { reports } from "../testdata/fixtures.ts";

const files = [
  ...Object.entries(reports).map(([name, report]) => [name, junit(report)] as const),
  ["gate", gateJunit(gateDocument)] as const,
];

/** By the schema of Jenkins' xUnit plugin (junit-10): what may be in an element, and on it. */
const allowed: Readonly<Record<string, { attributes: string; parents: string }>> = {
  testsuites: { attributes: "name time tests failures errors", parents: "" },
  testsuite: {
    attributes: "name tests failures errors skipped time timestamp",
    parents: "testsuites",
  },
  properties: { attributes: "", parents: "testsuite" },
  property: { attributes: "name value", parents: "properties" },
  testcase: { attributes: "name time classname", parents: "testsuite" },
  failure: { attributes: "type message", parents: "testcase" },
  error: { attributes: "type message", parents: "testcase" },
  skipped: { attributes: "type message", parents: "testcase" },
  "system-out": { attributes: "", parents: "testsuite" },
};

interface Element {
  readonly name: string;
  readonly parent: string;
  readonly attributes: readonly string[];
}

/** Of our own files alone: there are no comments, no CDATA, and no > in an attribute. */
function elementsOf(xml: string): readonly Element[] {
  const path: string[] = [];
  const elements: Element[] = [];
  for (const [tag, end, name = "", attributes = "", empty] of xml.matchAll(
    /<(\/)?([a-z-]+)([^>]*?)(\/)?>/g,
  )) {
    if (end !== undefined) {
      if (path.pop() !== name) throw new Error(`${tag} ends no element`);
    } else {
      const names = [...attributes.matchAll(/\s([\w-]+)="[^"<]*"/g)].map(([, each = ""]) => each);
      elements.push({ name, parent: path.at(-1) ?? "", attributes: names });
      if (empty === undefined) path.push(name);
    }
  }
  expect(path).toEqual([]);
  return elements;
}

test.each(files)("%s has only what the strictest schema takes", (_name, xml) => {
  const elements = elementsOf(xml);
  expect(elements.length).toBeGreaterThan(5);
  for (const { name, parent, attributes } of elements) {
    const rule = allowed[name];
    expect([name, rule]).toEqual([name, expect.anything()]);
    expect([name, parent]).toEqual([name, rule?.parents]);
    expect(
      attributes.filter((each) => rule?.attributes.split(" ").includes(each) !== true),
    ).toEqual([]);
  }
  for (const [, time = ""] of xml.matchAll(/ time="([^"]*)"/g))
    expect(time).toMatch(/^\d+\.\d{3}$/);
});

test.each(files)("%s says its reasons in the text, too: GitLab shows no other", (_name, xml) => {
  const results = [
    ...xml.matchAll(/<(failure|error|skipped)[^>]* message="([^"]*)"[^>]*>([^<]*)</g),
  ];
  expect(results.length).toBe(xml.match(/<(?:failure|error|skipped)\b/g)?.length ?? 0);
  for (const [, , message = "", text = ""] of results) expect(text.startsWith(message)).toBe(true);
  // ActiveSupport, which GitLab reads with, gives these types a meaning of their own, and refuses some.
  expect(xml).not.toMatch(/type="(?:symbol|yaml|file|array|integer|boolean|date|dateTime)"/);
});

test.each(files)("every case of %s has a name of its own", (_name, xml) => {
  const names = [...xml.matchAll(/classname="([^"]+)" name="([^"]+)"/g)].map(([name]) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBe(xml.match(/<testcase/g)?.length);
});
