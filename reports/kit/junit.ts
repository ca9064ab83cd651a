import { isoSecond } from "../../src/domain/time-text.ts";
import { markup, type Fragment, type Markup } from "../markup.ts";

export interface JunitCase {
  readonly name: string;
  /** A class of its own under the suite. */
  readonly group?: string;
  /** Absent: it passed. */
  readonly result?: JunitResult;
}

export interface JunitResult {
  readonly mark: "failure" | "error" | "skipped";
  readonly type?: string;
  readonly message: string;
  readonly detail?: Fragment;
}

export interface JunitSuite {
  /** Below `headroom.`. */
  readonly name: string;
  readonly cases: readonly JunitCase[];
  readonly properties: Readonly<Record<string, string | number | undefined>>;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly output: string;
}

/** `junit.xml`: one suite, what it ran on as properties, a sentence as its output. */
export function junitFile(suite: JunitSuite): string {
  const { cases } = suite;
  const count = (mark: JunitResult["mark"]) =>
    cases.filter(({ result }) => result?.mark === mark).length;
  const totals = markup`tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}" time="${(suite.durationMs / 1000).toFixed(3)}"`;
  const properties = Object.entries(suite.properties).filter(([, value]) => value !== undefined);
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="headroom" ${totals}>
  <testsuite name="headroom.${suite.name}" ${totals} timestamp="${isoSecond(suite.startedAt)}">
    <properties>${properties.map(
      ([name, value]) => markup`
      <property name="${name}" value="${value}"/>`,
    )}
    </properties>${cases.map((each) => testCase(suite.name, each))}
    <system-out>${suite.output}</system-out>
  </testsuite>
</testsuites>
`.text;
}

function testCase(suite: string, { name, group, result }: JunitCase): Markup {
  const folder = ["headroom", suite, ...(group === undefined ? [] : [group])].join(".");
  const attributes = markup`classname="${folder}" name="${name}"`;
  if (result === undefined)
    return markup`
    <testcase ${attributes}/>`;
  return markup`
    <testcase ${attributes}>
      ${element(result)}
    </testcase>`;
}

const tags = { failure: markup`failure`, error: markup`error`, skipped: markup`skipped` } as const;

function element({ mark, type, message, detail }: JunitResult): Markup {
  const tag = tags[mark];
  const head = markup`${tag}${type !== undefined && markup` type="${type}"`} message="${message}"`;
  return detail === undefined ? markup`<${head}/>` : markup`<${head}>${detail}</${tag}>`;
}
