-- What somebody does who opens a Dockerfile: sees what is found, takes the action, sees that nothing is left, saves.
-- nvim --headless --clean -l is younger than 0.7, which Debian 12 has, so this is sourced: `-S`.
local say = function(...) io.stdout:write(string.format(...) .. "\n") end

-- The start of a server as docs/editors.md has it for this Neovim; 0.7 has neither `vim.lsp.start` nor what came after.
local server = { name = "unroot", cmd = { vim.env.UNROOT, "lsp" }, root_dir = vim.fn.getcwd() }
if vim.lsp.enable then
  server.filetypes, server.root_markers, server.root_dir = { "dockerfile" }, { "unroot.toml", ".git" }, nil
  vim.lsp.config("unroot", server)
  vim.lsp.enable("unroot")
elseif vim.lsp.start then
  vim.api.nvim_create_autocmd("FileType", { pattern = "dockerfile", callback = function() vim.lsp.start(server) end })
end
vim.cmd("filetype on")
vim.cmd("edit Dockerfile")
if not vim.lsp.start then
  vim.lsp.buf_attach_client(0, vim.lsp.start_client(server))
end

local found = function() return vim.diagnostic.get(0) end
vim.wait(10000, function() return #found() > 0 end)
for _, one in ipairs(found()) do
  say("found %d:%d %s %s", one.lnum, one.col, one.code or "", one.message:match("[^\n]*"))
end

vim.api.nvim_win_set_cursor(0, { found()[1].lnum + 1, 0 })
local client = (vim.lsp.get_clients or vim.lsp.get_active_clients)()[1]
local parameters = vim.lsp.util.make_range_params(0, client.offset_encoding)
parameters.context = { diagnostics = {}, only = { "quickfix" } }
local answers = vim.lsp.buf_request_sync(0, "textDocument/codeAction", parameters, 10000)
for _, answer in pairs(answers) do
  for _, action in ipairs(answer.result) do
    say("action %s", action.title)
    vim.lsp.util.apply_workspace_edit(action.edit, client.offset_encoding)
  end
end
vim.wait(10000, function() return #found() == 0 end)
say("left %d", #found())
vim.cmd("write")
vim.cmd("qa!")
