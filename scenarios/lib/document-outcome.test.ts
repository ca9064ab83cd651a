import { describe, expect, test } from "vitest";
import { codeOutcome, documentOutcome } from "./document-outcome.ts";

const documentOf = (body: string): string => `<!doctype html>\n<html><body>${body}</body></html>\n`;
const signIn = documentOf('<form><input name="p" type="password" required></form>');

describe("documentOutcome", () => {
  test.each([
    { reason: "any document", html: documentOf("<h1>Welcome</h1>") },
    { reason: "no doctype, capitals", html: "<HTML lang=en><BODY></BODY></HTML>" },
    { reason: "a field that is no password", html: documentOf('<input type="email">') },
    { reason: "talk of passwords", html: documentOf("<p>type=password</p><input type=text>") },
  ])("is a private page: $reason", ({ html }) => {
    expect(documentOutcome(html, true)).toBe("ok");
  });

  test.each([
    { reason: "an empty body", html: "" },
    { reason: "text that is no document", html: "ok" },
    { reason: "the end of a document alone", html: "<h1>Welcome</h1></html>" },
    { reason: "a document cut short", html: "<!doctype html><html><body>" },
  ])("is no page: $reason", ({ html }) => {
    expect(documentOutcome(html, true)).toBe("wrong_shape");
    expect(documentOutcome(html, false)).toBe("wrong_shape");
  });

  test.each([
    { reason: "the sign-in page", html: signIn },
    { reason: "without quotes", html: documentOf("<input\ntype=password>") },
    { reason: "what leads there", html: documentOf('<i data-component="redirect-to-sign-in">') },
  ])("a private page that ends as the sign-in: $reason", ({ html }) => {
    expect(documentOutcome(html, true)).toBe("unauthorized");
  });

  test("the sign-in page itself may ask for a password", () => {
    expect(documentOutcome(signIn, false)).toBe("ok");
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
