//! Where programs look below HOME, and the variable that tells them otherwise.

/// The variable, and the place below HOME that it stands for (each program's documentation of the variable).
const PLACES: &[(&str, &str)] = &[
    ("PYTHONUSERBASE", ".local"),
    ("PLAYWRIGHT_BROWSERS_PATH", ".cache/ms-playwright"),
    ("PUPPETEER_CACHE_DIR", ".cache/puppeteer"),
    ("NLTK_DATA", "nltk_data"),
    ("HF_HOME", ".cache/huggingface"),
    ("TORCH_HOME", ".cache/torch"),
    ("GIT_CONFIG_GLOBAL", ".gitconfig"),
    ("PIP_CONFIG_FILE", ".config/pip/pip.conf"),
    ("NPM_CONFIG_USERCONFIG", ".npmrc"),
    ("CARGO_HOME", ".cargo"),
    ("RUSTUP_HOME", ".rustup"),
    ("GOPATH", "go"),
    ("NVM_DIR", ".nvm"),
    ("PYENV_ROOT", ".pyenv"),
    ("RBENV_ROOT", ".rbenv"),
    ("SDKMAN_DIR", ".sdkman"),
    ("HELM_PLUGINS", ".local/share/helm/plugins"),
    ("BUN_INSTALL", ".bun"),
    ("DENO_INSTALL", ".deno"),
    ("VOLTA_HOME", ".volta"),
    ("PNPM_HOME", ".local/share/pnpm"),
    ("UV_PYTHON_INSTALL_DIR", ".local/share/uv/python"),
    ("UV_TOOL_DIR", ".local/share/uv/tools"),
];

/// The place below HOME that a variable stands for.
pub fn place_of(variable: &str) -> Option<&'static str> {
    let found = PLACES.iter().find(|(name, _)| *name == variable)?;
    Some(found.1)
}
