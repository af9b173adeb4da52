//! What kind of system an image holds, by its `os-release` and by what lies in it.

use std::borrow::Cow;

use crate::bases::{Family, PackageManager, UserTool};

use super::image::ImageFiles;
use super::rootfs::SH;

/// How users are made and packages installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct System {
    pub(super) family: Family,
    pub(super) pkg: PackageManager,
    pub(super) user_tool: UserTool,
    pub(super) install: Option<Cow<'static, str>>,
    pub(super) shell: bool,
}

impl System {
    /// Tells it from an image's files.
    pub(super) fn of(files: &ImageFiles) -> Self {
        let has = |path: &str| files.programs.iter().any(|known| known == path);
        let shell = has(SH);
        let pkg = package_manager(&has);
        let family = family(files, shell, has("/bin/busybox"));
        let user_tool = if has("/usr/sbin/useradd") {
            UserTool::Useradd
        } else if has("/bin/busybox") && (has("/usr/sbin/adduser") || has("/sbin/adduser")) {
            UserTool::AdduserBusybox
        } else if !shell {
            UserTool::None
        } else {
            match pkg {
                PackageManager::None | PackageManager::Unknown => UserTool::None,
                PackageManager::Apk => UserTool::AdduserBusybox,
                _ => UserTool::UseraddMissing,
            }
        };
        let install = (user_tool == UserTool::UseraddMissing)
            .then(|| install(pkg))
            .flatten();
        Self {
            family,
            pkg,
            user_tool,
            install: install.map(Cow::Borrowed),
            shell,
        }
    }
}

fn package_manager(has: &dyn Fn(&str) -> bool) -> PackageManager {
    // `yum` is another name of dnf's where both are.
    let all = [
        ("/usr/bin/apt-get", PackageManager::Apt),
        ("/sbin/apk", PackageManager::Apk),
        ("/usr/bin/tdnf", PackageManager::Tdnf),
        ("/usr/bin/dnf", PackageManager::Dnf),
        ("/usr/bin/dnf5", PackageManager::Dnf),
        ("/usr/bin/microdnf", PackageManager::Microdnf),
        ("/usr/bin/yum", PackageManager::Yum),
        ("/usr/bin/zypper", PackageManager::Zypper),
        ("/usr/bin/pacman", PackageManager::Pacman),
    ];
    let found = all.into_iter().find(|(path, _)| has(path));
    found.map_or(PackageManager::None, |(_, pkg)| pkg)
}

/// What brings `useradd`, as `data/bases` has it for images of the kind.
const fn install(pkg: PackageManager) -> Option<&'static str> {
    Some(match pkg {
        PackageManager::Apt => {
            "apt-get update && apt-get install -y --no-install-recommends passwd"
        }
        PackageManager::Dnf => "dnf install -y shadow-utils",
        PackageManager::Microdnf => "microdnf install -y shadow-utils",
        PackageManager::Yum => "yum install -y shadow-utils",
        PackageManager::Tdnf => "tdnf install -y shadow-utils",
        PackageManager::Zypper => "zypper -n install shadow",
        _ => return None,
    })
}

/// By `ID`, else by `ID_LIKE` (os-release(5)).
fn family(files: &ImageFiles, shell: bool, busybox: bool) -> Family {
    let release = files.os_release.text().unwrap_or_default();
    let value = |name: &str| {
        let lines = release.lines().filter_map(|line| line.split_once('='));
        let found = lines.rev().find(|(known, _)| known.trim() == name);
        found.map(|(_, value)| value.trim().trim_matches(['"', '\'']).to_ascii_lowercase())
    };
    let id = value("ID").unwrap_or_default();
    let like = value("ID_LIKE").unwrap_or_default();
    let named = std::iter::once(id.as_str())
        .chain(like.split_whitespace())
        .find_map(by_id);
    match named {
        Some(Family::Debian | Family::Wolfi) if !shell => Family::Distroless,
        Some(Family::Ubuntu) if !shell => Family::Chiseled,
        Some(family) => family,
        None if !id.is_empty() => Family::Other,
        None if busybox => Family::Busybox,
        None if shell => Family::Other,
        None if files.passwd.text().is_some() => Family::Distroless,
        None => Family::Scratch,
    }
}

fn by_id(id: &str) -> Option<Family> {
    Some(match id {
        "debian" | "raspbian" => Family::Debian,
        "ubuntu" => Family::Ubuntu,
        "alpine" => Family::Alpine,
        "fedora" => Family::Fedora,
        "rhel" | "centos" | "rocky" | "almalinux" | "ol" | "scientific" => Family::Rhel,
        "amzn" => Family::Amazon,
        "azurelinux" | "mariner" => Family::Azure,
        "suse"
        | "sles"
        | "sled"
        | "sl-micro"
        | "opensuse"
        | "opensuse-leap"
        | "opensuse-tumbleweed" => Family::Suse,
        "arch" | "archarm" => Family::Arch,
        "photon" => Family::Photon,
        "wolfi" | "chainguard" => Family::Wolfi,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup::image::Found;

    fn of(release: &str, programs: &[&str]) -> System {
        System::of(&ImageFiles {
            os_release: Found::of(release.as_bytes()),
            programs: programs.iter().map(|&program| program.to_owned()).collect(),
            ..ImageFiles::default()
        })
    }

    #[test]
    fn systems() {
        let debian = of(
            "ID=debian\n",
            &[SH, "/usr/bin/apt-get", "/usr/sbin/useradd"],
        );
        assert_eq!(
            (debian.family, debian.pkg, debian.user_tool),
            (Family::Debian, PackageManager::Apt, UserTool::Useradd)
        );
        let alpine = of(
            "ID=alpine\n",
            &[SH, "/bin/busybox", "/sbin/apk", "/usr/sbin/adduser"],
        );
        assert_eq!(
            (alpine.family, alpine.user_tool),
            (Family::Alpine, UserTool::AdduserBusybox)
        );
        let ubi = of(
            "ID=\"rhel\"\nID_LIKE=\"fedora\"\n",
            &[SH, "/usr/bin/microdnf"],
        );
        assert_eq!(
            (ubi.family, ubi.user_tool),
            (Family::Rhel, UserTool::UseraddMissing)
        );
        assert_eq!(
            ubi.install.as_deref(),
            Some("microdnf install -y shadow-utils")
        );
        let mint = of("ID=linuxmint\nID_LIKE='ubuntu debian'\n", &[SH]);
        assert_eq!(mint.family, Family::Ubuntu);
        assert_eq!(of("ID=debian\n", &[]).family, Family::Distroless);
        assert_eq!(of("", &[]).family, Family::Scratch);
        assert_eq!(of("", &[SH, "/bin/busybox"]).family, Family::Busybox);
    }
}
