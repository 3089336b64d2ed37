// Runs notebooks in JupyterLab, or opens pages that nbconvert made of them, and prints, as JSON,
// what becomes of their outputs in a light and a dark theme.
// Usage: node lab.mjs MODULES CHROMIUM FOLDER ADDRESS NOTEBOOK ..., or file:///PAGE.html ...
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, executablePath, folder, ...rest] = process.argv.slice(2);
const { chromium } = createRequire(join(modules, "x.js"))("playwright-core");
const axe = readFileSync(join(modules, "axe-core", "axe.min.js"), "utf8");
const LIMIT = 150_000;
const PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-WindowedPanel-outer";
const rules = ["color-contrast", "link-in-text-block"];
const styles = {
  paper: "", focus: "tr.focus td", row: "tbody tr:not(.focus) td", words: "tbody th",
  caption: "caption", head: "thead th", link: "a[href]", comparator: ".against dd", of: ".against dt",
};
setTimeout(() => { console.error("no answer"); process.exit(1); }, LIMIT * (rest.length + 1)).unref();

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 4000 } });
page.setDefaultTimeout(LIMIT);
const errors = [];
page.on("pageerror", error => errors.push(String(error)));
page.on("console", said => { if (said.type() === "error") errors.push(said.text()); });
page.on("response", answer => { if (answer.status() >= 400) errors.push(`${answer.status()} ${answer.url()}`); });
// What nbconvert's own template fetches is not ours; what anything of ours would fetch is told.
await page.route(/^https?:\/\/(?!127\.0\.0\.1)/, route => {
  if (!/cdnjs/.test(route.request().url())) errors.push(`calls ${route.request().url()}`);
  return route.fulfill({ body: "" });
});

const command = (name, values = {}) =>
  page.evaluate(([name, values]) => jupyterapp.commands.execute(name, values).then(() => true), [name, values]);

// How the outputs look: computed styles of the first of each kind, and of a table that is not ours.
function looks(styles) {
  const shown = [...document.querySelectorAll(".cdpb")].filter(each => each.offsetParent);
  const first = path => shown.map(each => path ? each.querySelector(path) : each).find(Boolean);
  const style = each => {
    const { color, backgroundColor, fontWeight, textAlign, textDecorationLine, display } = getComputedStyle(each);
    return { color, ground: backgroundColor, weight: fontWeight, align: textAlign, line: textDecorationLine, display };
  };
  const theirs = document.createElement("table");
  theirs.innerHTML = "<tr class=focus><td>1</td></tr>";
  document.querySelector(".jp-Notebook").append(theirs);
  const found = { theirs: style(theirs.querySelector("td")) };
  theirs.remove();
  for (const [name, path] of Object.entries(styles)) if (first(path)) found[name] = style(first(path));
  const failed = '[data-mime-type$="stderr"],[data-mime-type$="error"]';
  return { blocks: shown.length, failed: document.querySelectorAll(failed).length, styles: found };
}

// axe takes all within JupyterLab's panels for hidden, so it looks at a copy that lies on the page.
function taken(out) {
  const shell = document.querySelector(".jp-LabShell");
  if (!shell) return;
  shell.style.visibility = out ? "hidden" : "";
  document.body.style.overflow = out ? "visible" : "";
  document.querySelector("#taken")?.remove();
  if (!out) return;
  const copies = document.createElement("main");
  copies.id = "taken";
  copies.className = "jp-OutputArea";
  copies.style = "position: absolute; top: 0; left: 0; width: 1000px";
  const panel = document.querySelector(".jp-NotebookPanel:not(.lm-mod-hidden)");
  panel.querySelectorAll(".jp-RenderedHTML:has(.cdpb)").forEach(each => copies.append(each.cloneNode(true)));
  document.body.append(copies);
}

async function looked() {
  const open = state => page.evaluate(state => document.querySelectorAll(".cdpb details").forEach(each => { each.open = state; }), state);
  await open(true);
  await page.evaluate(axe);
  await page.evaluate(taken, true);
  const result = await page.evaluate(runOnly => axe.run({ include: [[".cdpb"]] }, { runOnly }), rules);
  await page.evaluate(taken, false);
  await open(false);
  const contrast = result.violations.flatMap(each => each.nodes.map(node => `${each.id}: ${node.html.slice(0, 200)}`));
  const checked = result.passes.flatMap(each => each.nodes).length;
  return { contrast, checked, ...(await page.evaluate(looks, styles)), errors: errors.splice(0) };
}

// How often it would be seen if the words of tables had the colour of the lines.
async function planted() {
  await page.evaluate(() => document.querySelectorAll(".cdpb td").forEach(each => { each.style.color = "var(--line)"; }));
  return (await looked()).contrast.length;
}

async function opened(notebook) {
  await command("docmanager:open", { path: notebook });
  return page.evaluate(async () => {
    const { context, sessionContext } = jupyterapp.shell.currentWidget;
    await context.ready;
    await sessionContext.ready;
    await sessionContext.session.kernel.info;
    const loaded = "any('autoreload' in name for name in get_ipython().extension_manager.loaded)";
    const asked = sessionContext.session.kernel.requestExecute({ code: "", user_expressions: { loaded } });
    return (await asked.done).content.user_expressions.loaded.data["text/plain"];
  });
}

async function photographed(name) {
  for (let part = 0, more = true; more && part < 20; part += 1) {
    more = await page.evaluate(([path, part]) => {
      const panel = document.querySelector(path);
      panel.scrollTop = part * panel.clientHeight;
      return (part + 1) * panel.clientHeight < panel.scrollHeight;
    }, [PANEL, part]);
    await page.screenshot({ path: join(folder, `${name}-${part + 1}.png`) });
  }
}

const found = {};
async function run(notebook) {
  const autoreload = await opened(notebook);
  await command("notebook:run-all-cells");
  for (const name of ["Light", "Dark"]) {
    await command("apputils:change-theme", { theme: `JupyterLab ${name}` });
    await page.waitForFunction(light => document.body.dataset.jpThemeLight === light, String(name === "Light"));
    await page.waitForTimeout(500);
    found[`${notebook} ${name}`] = { autoreload, ...(await looked()) };
    await command("docmanager:save");
    await photographed(`${notebook.split("/").at(-1).slice(0, -6)}-${name}`);
  }
}

async function skipped() {
  await page.locator(".cdpb .skip-map a, .cdpb a.skip-map").last().click();
  await page.waitForTimeout(500);
  return page.evaluate(() => document.getElementById("wards-map-table").getBoundingClientRect().top);
}

async function menu() {
  await page.locator(".lm-MenuBar-itemLabel", { hasText: "File" }).click();
  await page.locator(".lm-Menu-itemLabel", { hasText: "Save and Export Notebook As" }).hover();
  const labels = page.locator(".lm-Menu").nth(1).locator(".lm-Menu-itemLabel");
  await labels.filter({ hasText: "Markdown" }).waitFor();
  return labels.allTextContents();
}

if (rest[0].startsWith("file:")) {
  for (const address of rest) {
    await page.goto(address);
    found[address] = await looked();
    await page.screenshot({ path: join(folder, `${address.split("/").at(-1)}.png`), fullPage: true });
  }
} else {
  const [address, ...notebooks] = rest;
  await page.goto(address);
  await page.waitForFunction(() => globalThis.jupyterapp?.restored.then(() => true));
  const links = page.locator('.jp-MarkdownViewer a[href*=".ipynb"]');
  await links.first().waitFor();
  found.first = await links.count();
  for (const notebook of notebooks) await run(notebook);
  await command("docmanager:open", { path: notebooks[0] });
  found.skipped = await skipped();
  found.menu = await menu();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  found.planted = await planted();
}
await browser.close();
console.log(JSON.stringify(found));
