// VS Code with unroot's extension, as somebody uses it: the folder is opened and trusted, the problem read, the quick fix
// chosen by the keyboard, the file saved. VS Code is the one of code-server, in the browser, on 127.0.0.1.
// Run in the folder to open; prints what was seen, a line each.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const { UNROOT, UNROOT_VSCODE: tools, UNROOT_VSIX: extension, UNROOT_DATA: data } = process.env;
const { chromium } = createRequire(join(tools, "package.json"))("playwright-core");
const folder = process.cwd();

const code = [
  join(tools, "node_modules/code-server/lib/vscode/out/server-main.js"),
  "--accept-server-license-terms",
  "--telemetry-level=off",
  `--server-data-dir=${data}`,
];
execFileSync(process.execPath, [...code, "--install-extension", extension], { stdio: ["ignore", "ignore", "inherit"] });
const settings = join(data, "data/Machine/settings.json");
mkdirSync(join(settings, ".."), { recursive: true });
const write = (path) =>
  writeFileSync(
    settings,
    JSON.stringify({
      "unroot.path": path,
      "[dockerfile]": { "editor.codeActionsOnSave": { "source.fixAll.unroot": "explicit" } },
    }),
  );
write("/nowhere/unroot");

const server = spawn(process.execPath, [...code, "--host=127.0.0.1", "--port=0", "--without-connection-token"]);
let browser;
try {
  const port = await new Promise((found, failed) => {
    let text = "";
    setTimeout(() => failed(new Error(`VS Code's server does not listen: ${text}`)), 60_000).unref();
    server.on("exit", () => failed(new Error(`VS Code's server ended: ${text}`)));
    server.stderr.on("data", (piece) => (text += piece));
    server.stdout.on("data", (piece) => {
      text += piece;
      const match = /listening on (\d+)/.exec(text);
      if (match) found(match[1]);
    });
  });
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"];
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: [...args, "--disable-sync", "--no-first-run"] });
  const page = await browser.newPage();
  await drive(page, port).catch(async (error) => {
    console.log("seen", await page.innerText("body"));
    throw error;
  });
} finally {
  await browser?.close();
  server.kill();
}

async function drive(page, port) {
  page.setDefaultTimeout(60_000);
  await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}`);
  await page.getByRole("button", { name: "Yes, I trust the authors" }).click();
  await open(page, "Dockerfile");

  // No such program yet: said with what to do, and mended by the setting alone.
  const notice = page.locator(".notification-list-item-message", { hasText: "unroot.path" });
  console.log("told", await notice.first().innerText());
  write(UNROOT);

  const problem = page.locator(".squiggly-error");
  await problem.first().waitFor();
  await page.keyboard.press("Control+Shift+m");
  const row = page.locator(".markers-panel .monaco-list-row", { hasText: "unroot" });
  console.log("found", (await row.first().innerText()).replace(/\s+/g, " "));

  const editor = page.locator(".editor-instance");
  await editor.locator(".view-line", { hasText: "FROM" }).click();
  await page.keyboard.press("Control+.");
  const actions = page.locator(".action-widget .monaco-list-row.action");
  await actions.first().waitFor();
  for (const action of await actions.allInnerTexts()) console.log("action", action.trim());
  await page.keyboard.press("Enter");

  await editor.locator(".view-line", { hasText: "USER" }).first().waitFor();
  await problem.first().waitFor({ state: "detached" });
  await row.first().waitFor({ state: "detached" });
  console.log("left", await row.count());
  await page.keyboard.press("Control+s");
  await saved(page, "Dockerfile");

  // What a save alone makes, by the setting.
  await open(page, "Dockerfile.worker");
  await problem.first().waitFor();
  await editor.locator(".view-line", { hasText: "WORKDIR" }).click();
  await page.keyboard.press("Home");
  await page.keyboard.type("# typed\n");
  await page.keyboard.press("Control+s");
  await saved(page, "Dockerfile.worker");
}

// While the window is still being made, a click may go nowhere.
async function open(page, file) {
  const tab = page.locator(".tab.active").filter({ has: page.getByText(file, { exact: true }) });
  for (let tries = 0; (await tab.count()) === 0; tries += 1) {
    if (tries === 10) throw new Error(`${file} does not open`);
    await page.getByRole("treeitem", { name: file, exact: true }).dblclick();
    await tab.waitFor({ timeout: 5_000 }).catch(() => {});
  }
}

// It is written some moments later, by the server.
async function saved(page, file) {
  for (let tries = 0; !readFileSync(file, "utf8").includes("USER"); tries += 1) {
    if (tries === 100) throw new Error(`${file} was not saved with the fix`);
    await page.waitForTimeout(100);
  }
}
