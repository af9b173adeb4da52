//! `setcap cap_net_bind_service=+ep`: the program binds low ports whatever user runs it.

use crate::bases::PackageManager;
use crate::fix::Subject;
use crate::fix::folders::is_plain;

/// The commands for the RUN, or why this is no way.
pub(super) fn commands(subject: &Subject<'_, '_, '_>) -> Result<Vec<String>, String> {
    let binary = binary(subject)?;
    let facts = subject.verdict.base.as_ref();
    let manager = facts.map_or(PackageManager::Unknown, |facts| facts.pkg);
    let cap = format!("setcap cap_net_bind_service=+ep {binary}");
    let (before, after) = match manager {
        PackageManager::Apt => (
            "apt-get update && apt-get install -y --no-install-recommends libcap2-bin",
            Some("rm -rf /var/lib/apt/lists/*"),
        ),
        PackageManager::Apk => ("apk add --no-cache libcap", None),
        PackageManager::Dnf => ("dnf install -y libcap", Some("dnf clean all")),
        PackageManager::Microdnf => ("microdnf install -y libcap", Some("microdnf clean all")),
        PackageManager::Yum => ("yum install -y libcap", Some("yum clean all")),
        PackageManager::Tdnf => ("tdnf install -y libcap", Some("tdnf clean all")),
        PackageManager::Zypper => ("zypper --non-interactive install libcap-progs", None),
        PackageManager::Pacman => ("pacman -Sy --noconfirm libcap", None),
        PackageManager::None | PackageManager::Unknown => {
            return Err("the image has no package manager that is known to bring setcap".into());
        }
    };
    let mut commands = vec![before.to_owned(), cap];
    commands.extend(after.map(str::to_owned));
    Ok(commands)
}

/// The file that is to have the capability, as a shell takes it.
fn binary(subject: &Subject<'_, '_, '_>) -> Result<String, String> {
    let by_recipe = subject.recipes.iter().find_map(|used| used.recipe.binary);
    if let Some(path) = by_recipe {
        return Ok(path.to_owned());
    }
    let unknown = || "the program's file is not known".to_owned();
    let calls = subject.calls.of_the_user().filter(|call| call.stays);
    let call = calls.last().ok_or_else(unknown)?;
    let program = call.program().ok_or_else(unknown)?;
    let name = call.name().unwrap_or(program);
    if matches!(name, "java" | "jshell") {
        // The linker ignores $ORIGIN in programs with capabilities, by which java finds libjli.
        return Err("java does not start with a file capability".into());
    }
    if call.is_own {
        return match program.strip_prefix("./") {
            _ if program.starts_with('/') && is_plain(program) => Ok(program.to_owned()),
            _ => Err(format!("where `{program}` lies is not known")),
        };
    }
    if call.row().is_none() {
        return Err(format!("nothing is known of `{name}`"));
    }
    let plain = program
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/._-+".contains(&byte));
    if !plain {
        return Err(unknown());
    }
    Ok(format!("\"$(readlink -f \"$(command -v {program})\")\""))
}
