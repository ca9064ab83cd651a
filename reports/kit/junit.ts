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

/**
 * `junit.xml`: one suite, what it ran on as properties, a sentence as its output. Only what the readers of GitLab, GitHub and
 * Jenkins take (docs/outlets.md): the schema of Jenkins' xUnit plugin knows no number of skipped cases of all suites.
 */
export function junitFile(suite: JunitSuite): string {
  const { cases } = suite;
  const count = (mark: JunitResult["mark"]) =>
    cases.filter(({ result }) => result?.mark === mark).length;
  const totals = markup`tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}"`;
  const time = markup`time="${(suite.durationMs / 1000).toFixed(3)}"`;
  const properties = Object.entries(suite.properties).filter(([, value]) => value !== undefined);
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="headroom" ${totals} ${time}>
  <testsuite name="headroom.${suite.name}" ${totals} skipped="${count("skipped")}" ${time} timestamp="${isoSecond(suite.startedAt)}">
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
  // A missing time is not a number to one of GitHub's readers.
  const attributes = markup`classname="${folder}" name="${name}" time="0.000"`;
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
  // GitLab shows the text alone, Jenkins and GitHub the message above it.
  return markup`<${head}>${message}${
    detail !== undefined &&
    markup`
${detail}`
  }</${tag}>`;
}
