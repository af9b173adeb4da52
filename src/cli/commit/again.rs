//! The options by which a fix was asked for, for those who want to repeat it.

use unroot::fix::{Own, Ports, Strategy, Wish};

/// Each with a blank behind it; nothing where nothing was asked for.
pub(super) fn flags(wish: &Wish) -> String {
    let mut flags: Vec<String> = Vec::new();
    let mut flag = |text: &str| flags.push(text.to_owned());
    match wish.strategy {
        Strategy::User => {}
        Strategy::Twin => flag("--strategy twin"),
        Strategy::StepDown => flag("--strategy step-down"),
    }
    if let Some(tool) = wish.step_down.tool {
        flag(&format!("--step-down-tool {}", tool.name()));
    }
    if wish.step_down.inline {
        flag("--inline");
    }
    if wish.step_down.legacy_builder {
        flag("--legacy-builder");
    }
    if let Some(name) = &wish.name {
        flag(&format!("--user {name}"));
    }
    if let Some(uid) = wish.uid {
        flag(&format!("--uid {uid}"));
    }
    if let Some((first, last)) = wish.uid_range {
        flag(&format!("--uid-range {first}-{last}"));
    }
    if let Some(gid) = wish.gid {
        flag(&format!("--gid {gid}"));
    }
    if wish.named {
        flag("--named");
    }
    match wish.own {
        Own::Auto => {}
        Own::Workdir => flag("--own workdir"),
        Own::App => flag("--own app"),
        Own::None => flag("--own none"),
    }
    match wish.ports {
        Ports::Unsaid => {}
        Ports::Keep => flag("--ports keep"),
        Ports::Move => flag("--ports move"),
        Ports::Setcap => flag("--ports setcap"),
    }
    let flags: Vec<String> = flags.into_iter().map(|flag| flag + " ").collect();
    flags.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for() {
        assert_eq!(flags(&Wish::default()), "");
        let wish = Wish {
            strategy: Strategy::StepDown,
            uid: Some(1500),
            ports: Ports::Move,
            ..Wish::default()
        };
        assert_eq!(
            flags(&wish),
            "--strategy step-down --uid 1500 --ports move "
        );
    }
}
