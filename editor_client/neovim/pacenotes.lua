-- Pacenotes in Neovim 0.12 and newer: inline completions, findings as diagnostics, and a command for review.

vim.lsp.config("pacenotes", {
  cmd = { "pacenotes", "serve" },
  filetypes = { "typescript", "typescriptreact", "javascript", "javascriptreact" },
  root_markers = { "pacenotes.toml", "tsconfig.json", "package.json", ".git" },
  -- Settings as in SETTINGS.md, for example: { pacenotes = { completion = { debounceMs = 100 } } }
  settings = { pacenotes = vim.empty_dict() },
})
vim.lsp.enable("pacenotes")

local function client_of(buffer)
  return vim.lsp.get_clients({ bufnr = buffer, name = "pacenotes" })[1]
end

local function range_of(from, to)
  return { start = { line = from - 1, character = 0 }, ["end"] = { line = to, character = 0 } }
end

local function run(command, arguments, show)
  local client = client_of(0)
  if not client then
    return vim.notify("Pacenotes does not serve this buffer.", vim.log.levels.WARN)
  end
  client:request("workspace/executeCommand", { command = command, arguments = arguments }, function(failed, result)
    if failed then
      return vim.notify(failed.message, vim.log.levels.WARN)
    end
    show(result)
  end)
end

local function tell_findings(result)
  vim.notify(("Pacenotes: %d findings. %s"):format(#result.findings, table.concat(result.notices or {}, " ")))
end

local function tell_answer(result)
  vim.lsp.util.open_floating_preview(vim.split(result.answer, "\n"), "markdown", { border = "rounded" })
end

vim.api.nvim_create_user_command("Pacenotes", function(given)
  local uri = vim.uri_from_bufnr(0)
  local what, words = given.fargs[1], table.concat(given.fargs, " ", 2)
  if what == "review" and given.range > 0 then
    run("pacenotes.reviewSelection", { uri, range_of(given.line1, given.line2) }, tell_findings)
  elseif what == "review" then
    run("pacenotes.reviewFile", { uri }, tell_findings)
  elseif what == "changes" then
    run("pacenotes.reviewChanges", {}, tell_findings)
  elseif what == "ask" then
    run("pacenotes.ask", { { uri = uri, range = range_of(given.line1, given.line2), prompt = words } }, tell_answer)
  else
    vim.notify("Say :Pacenotes review, :Pacenotes changes or :Pacenotes ask …", vim.log.levels.WARN)
  end
end, {
  nargs = "+",
  range = true,
  complete = function()
    return { "review", "changes", "ask" }
  end,
})

vim.api.nvim_create_autocmd("LspAttach", {
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if not client or client.name ~= "pacenotes" then
      return
    end
    vim.lsp.inline_completion.enable(true, { bufnr = event.buf })
    vim.keymap.set("i", "<Tab>", function()
      return vim.lsp.inline_completion.get() and "" or "<Tab>"
    end, { buffer = event.buf, expr = true, desc = "Accept the completion" })
    vim.keymap.set("i", "<M-]>", function()
      vim.lsp.inline_completion.select()
    end, { buffer = event.buf, desc = "Next completion" })
    vim.keymap.set("i", "<M-[>", function()
      vim.lsp.inline_completion.select({ count = -1 })
    end, { buffer = event.buf, desc = "Previous completion" })
  end,
})
