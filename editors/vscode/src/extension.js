// Starts `unroot lsp` for the Dockerfiles of a window. What is shown and repaired is the program's business.
const { commands, window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

/** @type {LanguageClient | undefined} */
let client;

exports.activate = async (context) => {
  context.subscriptions.push(
    commands.registerCommand("unroot.restart", restart),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("unroot.path") || change.affectsConfiguration("unroot.arguments")) return restart();
    }),
    workspace.onDidGrantWorkspaceTrust(restart),
  );
  await start();
};

exports.deactivate = stop;

async function start() {
  const settings = workspace.getConfiguration("unroot");
  const command = settings.get("path", "unroot");
  const server = { command, args: ["lsp", ...settings.get("arguments", [])] };
  // Files on the disk alone: the program reads the build context beside them.
  const documentSelector = [{ scheme: "file", language: "dockerfile" }];
  client = new LanguageClient("unroot", "unroot", server, { documentSelector });
  try {
    await client.start();
  } catch {
    // Why is in the output of unroot, where the client has written it.
    client = undefined;
    const settingsOf = "Open settings";
    const text = `\`${command} lsp\` cannot be started. Install unroot, or say in unroot.path where it is.`;
    // Not awaited: it stays until somebody reads it.
    window.showErrorMessage(text, settingsOf).then((chosen) => {
      if (chosen) commands.executeCommand("workbench.action.openSettings", "unroot.path");
    });
  }
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop();
}

// One after the other, as settings come in bursts.
let last = Promise.resolve();
function restart() {
  last = last.then(stop, () => {}).then(start);
  return last;
}
