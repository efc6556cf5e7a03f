//! Tell Zed how to start the Pacenotes language server.

use zed_extension_api::{self as zed, settings::LspSettings, LanguageServerId, Result};

struct Pacenotes;

impl zed::Extension for Pacenotes {
    fn new() -> Self {
        Self
    }

    fn language_server_command(
        &mut self,
        server: &LanguageServerId,
        worktree: &zed::Worktree,
    ) -> Result<zed::Command> {
        let named = LspSettings::for_worktree(server.as_ref(), worktree)
            .ok()
            .and_then(|settings| settings.binary)
            .and_then(|binary| binary.path);
        let command = named
            .or_else(|| worktree.which("pacenotes"))
            .ok_or("Pacenotes is not on the path: install it with `pipx install pacenotes`.")?;
        Ok(zed::Command {
            command,
            args: vec!["serve".into()],
            env: worktree.shell_env(),
        })
    }

    fn language_server_workspace_configuration(
        &mut self,
        server: &LanguageServerId,
        worktree: &zed::Worktree,
    ) -> Result<Option<zed::serde_json::Value>> {
        let settings = LspSettings::for_worktree(server.as_ref(), worktree)?.settings;
        Ok(Some(zed::serde_json::json!({ "pacenotes": settings })))
    }
}

zed::register_extension!(Pacenotes);
