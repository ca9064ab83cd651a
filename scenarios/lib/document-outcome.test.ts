import { describe, expect, test } from "vitest";
import { codeOutcome, documentOutcome } from "./document-outcome.ts";

const documentOf = (body: string): string => `<!doctype html>\n<html><body>${body}</body></html>\n`;
const email = "load-1@example.test";

describe("documentOutcome", () => {
  test.each([
    {
      reason: "the address in the router's state",
      html: documentOf(`<script>{"email":"${email}"}</script>`),
    },
    { reason: "no doctype, capitals", html: `<HTML lang=en><BODY>${email}</BODY></HTML>` },
  ])("is a private page of its user: $reason", ({ html }) => {
    expect(documentOutcome(html, email)).toBe("ok");
  });

  test.each([
    { reason: "an empty body", html: "" },
    { reason: "text that is no document", html: email },
    { reason: "the end of a document alone", html: `<h1>${email}</h1></html>` },
    { reason: "a document cut short", html: `<!doctype html><html><body>${email}` },
  ])("is no page: $reason", ({ html }) => {
    expect(documentOutcome(html, email)).toBe("wrong_shape");
    expect(documentOutcome(html, undefined)).toBe("wrong_shape");
  });

  test.each([
    { reason: "nothing in it", html: documentOf("") },
    { reason: "content that anyone gets", html: documentOf("<h1>Welcome</h1>") },
    { reason: "the sign-in page", html: documentOf('<input name="p" type="password">') },
    { reason: "another identity's page", html: documentOf("load-11@example.test") },
    { reason: "the page's own address", html: documentOf("/token/0xf/0xa") },
  ])("a private page without its mark: $reason", ({ html }) => {
    expect(documentOutcome(html, email)).toBe("unauthorized");
  });

  test("a public page needs no mark", () => {
    expect(documentOutcome(documentOf("<h1>Docs</h1>"), undefined)).toBe("ok");
  });
});

test.each([
  ["text/html", "wrong_type"],
  ["Text/HTML; charset=utf-8", "wrong_type"],
  ["text/javascript; charset=utf-8", "ok"],
  ["text/css", "ok"],
  ["", "ok"],
])("a script or stylesheet of type %j: %s", (contentType, outcome) => {
  expect(codeOutcome(contentType)).toBe(outcome);
});
