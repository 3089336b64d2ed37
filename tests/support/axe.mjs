// Looks at pages in four ways and prints, as JSON, what axe-core finds and what they fetch.
// Usage: node axe.mjs MODULES CHROMIUM PAGE ...
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, executablePath, ...pages] = process.argv.slice(2);
const { chromium } = createRequire(join(modules, "x.js"))("playwright-core");
const axe = readFileSync(join(modules, "axe-core", "axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const wide = { viewport: { width: 1280, height: 900 } };
const ways = {
  wide,
  narrow: { viewport: { width: 320, height: 800 } },
  dark: { ...wide, colorScheme: "dark" },
  print: wide,
};

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const found = {};
for (const file of pages) {
  for (const [way, options] of Object.entries(ways)) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const problems = [];
    page.on("request", request => {
      if (!/^(file|data):/.test(request.url())) problems.push(`fetches ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    if (way === "print") await page.emulateMedia({ media: "print" });
    await page.evaluate(() => document.querySelectorAll("details").forEach(each => { each.open = true; }));
    await page.evaluate(axe);
    const result = await page.evaluate(values => axe.run({ runOnly: values }), tags);
    for (const each of result.violations) {
      problems.push(`${each.id}: ${each.nodes.map(node => node.target.join(" ")).slice(0, 3).join(", ")}`);
    }
    found[`${file} ${way}`] = problems;
    await context.close();
  }
}
await browser.close();
console.log(JSON.stringify(found));
