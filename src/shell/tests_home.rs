//! What the reader of root's home must see.

use super::home::root_home_uses;
use super::lex::Script;

#[test]
fn uses() {
    // (script, what it leaves in root's home)
    let rows: &[(&str, &str)] = &[
        ("mkdir -p /root/.ssh", "/root/.ssh"),
        ("echo x >> ~/.bashrc", "~/.bashrc"),
        ("echo x >> $HOME/.profile", "$HOME/.profile"),
        ("cp x \"${HOME}/bin\"", "\"${HOME}/bin\""),
        (
            "export PATH=$PATH:/root/.local/bin",
            "PATH=$PATH:/root/.local/bin",
        ),
        ("rm -rf /root/.cache ~/.npm", ""),
        ("ls /rootfs/x /srv/root/x", ""),
        ("cp a /rootfs/x", ""),
        ("cp a '~/x'", ""),
        ("git clone https://x ~/.oh", "~/.oh"),
        ("curl https://sh.rustup.rs -sSf | sh -s -- -y", "rustup"),
        (
            "curl https://sh.rustup.rs -sSf | CARGO_HOME=/opt/cargo sh -s -- -y",
            "",
        ),
        (
            "export CARGO_HOME=/opt/cargo && curl https://sh.rustup.rs | sh",
            "",
        ),
        (
            "curl -o- https://raw.githubusercontent.com/nvm-sh/nvm/v0.39/install.sh | bash",
            "nvm",
        ),
        ("curl https://pyenv.run | bash", "pyenv"),
        (
            "curl -sSL https://install.python-poetry.org | python3 -",
            "poetry",
        ),
        (
            "curl -sSL https://install.python-poetry.org | POETRY_HOME=/opt/poetry python3 -",
            "",
        ),
        ("wget -qO- https://astral.sh/uv/install.sh | sh", "uv"),
        (
            "sh -c \"$(curl -fsSL https://x/ohmyzsh/oh-my-zsh/install.sh)\"",
            "oh-my-zsh",
        ),
        (
            "curl -sL https://rpm.nodesource.com/setup_20.x | bash -",
            "",
        ),
        (
            "curl -sL https://example.org/install.sh | sh",
            "a script from the network",
        ),
        ("curl -o x https://sh.rustup.rs", ""),
        ("curl https://x | tar xz", ""),
        ("pip install --user flask", "pip install --user"),
        ("pip install flask", ""),
        ("pipx install poetry", "pipx"),
        ("uv python install 3.12", "uv python install"),
        ("uv tool install ruff", "uv tool install"),
        ("cargo install ripgrep", "cargo install"),
        ("cargo install --root /usr/local ripgrep", ""),
        ("KNOWN=1 go install x", ""),
        ("npx playwright install --with-deps", "playwright browsers"),
        (
            "PLAYWRIGHT_BROWSERS_PATH=/opt/pw npx playwright install",
            "",
        ),
        ("npm config set cache /x", "npm configuration"),
        ("git config --global user.name x", "git configuration"),
        ("git config --system x y", ""),
        ("apt-get install -y pipx", ""),
    ];
    for (script, expected) in rows {
        let env = |name: &str| (name == "GOPATH").then(|| "/go".to_owned());
        let all = root_home_uses(&Script::parse(script.as_bytes()), &env);
        let all: Vec<_> = all.iter().map(|one| one.what.clone()).collect();
        assert_eq!(all.join(" | "), *expected, "{script}");
    }
}
