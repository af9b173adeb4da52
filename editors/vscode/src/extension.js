// Starts `unroot lsp` for the Dockerfiles of a window. What is shown and repaired is the program's business.
const { spawn } = require("node:child_process");
const { homedir } = require("node:os");
const { commands, window, workspace } = require("vscode");
const { CloseAction, ErrorAction, LanguageClient } = require("vscode-languageclient/node");

/** How long the program has for its first answer, in milliseconds. */
const PATIENCE = 10_000;
/** How often a program that ended is started again. */
const RESTARTS = 3;

/** What runs: the client, and its process. */
let running;

exports.activate = async (context) => {
  context.subscriptions.push(
    commands.registerCommand("unroot.restart", restart),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("unroot.path") || change.affectsConfiguration("unroot.arguments")) return restart();
    }),
    workspace.onDidGrantWorkspaceTrust(restart),
  );
  await restart();
};

exports.deactivate = () => next(stop);

// One after the other, as settings come in bursts.
let last = Promise.resolve();
function next(step) {
  last = last.then(step).catch((error) => console.error("unroot:", error));
  return last;
}

function restart() {
  return next(async () => {
    await stop();
    await start();
  });
}

async function start() {
  const settings = workspace.getConfiguration("unroot");
  const command = settings.get("path", "unroot").replace(/^~(?=[/\\])/, homedir());
  const args = ["lsp", ...settings.get("arguments", [])];
  const started = { client: undefined, process: undefined, restarts: 0 };
  const server = () =>
    new Promise((found, failed) => {
      // Not in the folder that is open: a program that lies there is not meant.
      started.process = spawn(command, args, { cwd: homedir() });
      started.process.once("error", failed);
      started.process.once("spawn", () => found(started.process));
    });
  const again = () => running === started && started.restarts++ < RESTARTS;
  started.client = new LanguageClient("unroot", "unroot", server, {
    // All files of the disk: a fix may change a start script with its Dockerfile, as it stands in the editor.
    documentSelector: [{ scheme: "file" }],
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue }),
      closed: () => ({ action: again() ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true }),
    },
  });
  try {
    await withPatience(started.client.start());
    running = started;
  } catch (error) {
    await end(started);
    // Not awaited: it stays until somebody reads it.
    tell(command, error, started.client);
  }
}

async function stop() {
  const stopped = running;
  running = undefined;
  if (stopped) await end(stopped);
}

/** Whatever state it is in. */
async function end({ client, process }) {
  await client.stop().catch(() => {});
  process?.kill();
}

function withPatience(promise) {
  let timer;
  const late = new Promise((_, failed) => {
    timer = setTimeout(() => failed(new Error("it does not answer")), PATIENCE);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

async function tell(command, error, client) {
  if (error?.code === "ENOENT") {
    const text = `\`${command}\` is not there. Install unroot, or say in unroot.path where it is.`;
    if (await window.showErrorMessage(text, "Open settings")) commands.executeCommand("workbench.action.openSettings", "unroot.path");
  } else {
    const text = `\`${command} lsp\` cannot be used: ${error?.message ?? error}`;
    if (await window.showErrorMessage(text, "Show output")) client.outputChannel.show();
  }
}
