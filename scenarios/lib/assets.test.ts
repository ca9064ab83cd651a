import { expect, test } from "vitest";
import { assetsOf } from "./assets.ts";

const page = "http://127.0.0.1:4010/token/0xf/0xa?tab=1";
const origin = "http://127.0.0.1:4010";
const urlsOf = (html: string): readonly string[] => assetsOf(html, page).map(({ url }) => url);

test.each([
  {
    reason: "script",
    html: '<script type="module" src="/assets/a-1.js"></script>',
    path: "/assets/a-1.js",
  },
  { reason: "stylesheet", html: '<link rel="stylesheet" href="/a.css">', path: "/a.css" },
  {
    reason: "modulepreload",
    html: '<link rel="modulepreload" crossorigin href="/b.js"/>',
    path: "/b.js",
  },
  {
    reason: "icon in single quotes",
    html: "<link rel='icon' href='/favicon.svg'>",
    path: "/favicon.svg",
  },
  { reason: "no quotes", html: "<img src=/logo.png alt=x>", path: "/logo.png" },
  { reason: "href before rel", html: '<link href="/c.css" rel="stylesheet">', path: "/c.css" },
  { reason: "own host in full", html: `<img src="${origin}/d.svg">`, path: "/d.svg" },
  { reason: "own host without scheme", html: '<img src="//127.0.0.1:4010/e.svg">', path: "/e.svg" },
  { reason: "relative", html: '<script src="./f.js"></script>', path: "/token/0xf/f.js" },
  { reason: "encoded ampersand", html: '<img src="/g?a=1&amp;b=2">', path: "/g?a=1&b=2" },
])("fetches what a browser would: $reason", ({ html, path }) => {
  expect(urlsOf(html)).toEqual([origin + path]);
});

test.each([
  { reason: "another host", html: '<script src="https://cdn.example.test/a.js"></script>' },
  { reason: "another port", html: '<img src="http://127.0.0.1:4011/a.png">' },
  { reason: "a name only", html: '<link rel="canonical" href="/token">' },
  { reason: "an alternate", html: '<link rel="alternate" href="/feed.xml">' },
  { reason: "inline data", html: '<img src="data:image/png;base64,AAAA">' },
  { reason: "an inline script", html: "<script>let src='/x.js'</script>" },
  { reason: "a plain anchor", html: '<a href="/token">tokens</a>' },
  { reason: "an empty reference", html: '<img src="">' },
])("leaves alone: $reason", ({ html }) => {
  expect(urlsOf(html)).toEqual([]);
});

test("each once, in the order of the document", () => {
  const html =
    '<link rel="preload" href="/a.js"><script src="/b.js"></script><script src="/a.js"></script>';
  expect(urlsOf(html)).toEqual([`${origin}/a.js`, `${origin}/b.js`]);
});

test.each([
  ['<script src="/x"></script>', true],
  ["<link rel=stylesheet href=/x>", true],
  ['<link rel="modulepreload" href="/x">', true],
  ['<link rel="preload" as="script" href="/x">', true],
  ['<link rel="preload" as="style" href="/x"><img src="/x">', true],
  ['<link rel="preload" as="font" href="/x">', false],
  ['<link rel="icon" href="/x">', false],
  ['<img src="/x">', false],
])("scripts and stylesheets are code: %s", (html, isCode) => {
  expect(assetsOf(html, page)).toEqual([{ url: `${origin}/x`, isCode }]);
});
