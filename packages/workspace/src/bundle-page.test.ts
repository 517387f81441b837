/** The page as it is published: whole in one folder, with nothing from elsewhere and no code in the HTML, which the server's policy forbids. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundlePage } from "./bundle-page.ts";

const folder = mkdtempSync(join(tmpdir(), "tapline-page-bundle-"));
const read = (name: string): string => readFileSync(join(folder, name), "utf8");

beforeAll(() => bundlePage(folder));
afterAll(() => rmSync(folder, { recursive: true }));

test("has one script, one style sheet, and the licences of what is inside", () => {
  expect(readdirSync(folder).sort()).toEqual(["icon.svg", "index.html", "licences.txt", "page.css", "page.js"]);
  expect(read("licences.txt")).toMatch(/^preact \d[\s\S]*^uplot \d/m);
});

test("asks nobody else for anything", () => {
  const addresses = ["index.html", "page.css", "page.js", "icon.svg"].flatMap(
    (name) => read(name).match(/(https?:)?\/\/[\w-]+\.[\w.-]+/g) ?? [],
  );
  // The names of the languages SVG and MathML, which nobody asks for.
  expect(addresses.filter((address) => !address.endsWith("//www.w3.org"))).toEqual([]);
});

test("has no code and no style in the HTML", () => {
  expect(read("index.html")).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\s(style|on\w+)=/);
});

test("is small enough to be there at once", () => {
  expect(read("page.js").length + read("page.css").length).toBeLessThan(200_000);
});
