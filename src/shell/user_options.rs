//! The options of the programs for users and groups.

use super::opts::Spec;

pub(super) const USERADD: Spec = Spec {
    valued: "bcdefgGkKpsuRPZ",
    long: &[
        ("base-dir", 'b', true),
        ("comment", 'c', true),
        ("home-dir", 'd', true),
        ("home", 'd', true),
        ("defaults", 'D', false),
        ("expiredate", 'e', true),
        ("inactive", 'f', true),
        ("gid", 'g', true),
        ("groups", 'G', true),
        ("group", 'G', true),
        ("skel", 'k', true),
        ("key", 'K', true),
        ("no-log-init", 'l', false),
        ("create-home", 'm', false),
        ("no-create-home", 'M', false),
        ("no-user-group", 'N', false),
        ("non-unique", 'o', false),
        ("password", 'p', true),
        ("system", 'r', false),
        ("root", 'R', true),
        ("prefix", 'P', true),
        ("shell", 's', true),
        ("uid", 'u', true),
        ("user-group", 'U', false),
        ("selinux-user", 'Z', true),
    ],
    single_dash: false,
};

/// Debian's options and busybox's long ones; their letters are busybox's.
pub(super) const ADDUSER: Spec = Spec {
    valued: "hgsGuk",
    long: &[
        ("home", 'h', true),
        ("gecos", 'g', true),
        ("comment", 'g', true),
        ("shell", 's', true),
        ("ingroup", 'G', true),
        ("gid", 'G', true),
        ("uid", 'u', true),
        ("firstuid", '?', true),
        ("lastuid", '?', true),
        ("firstgid", '?', true),
        ("lastgid", '?', true),
        ("conf", '?', true),
        ("skel", 'k', true),
        ("system", 'S', false),
        ("group", 'U', false),
        ("disabled-password", 'X', false),
        ("disabled-login", 'X', false),
        ("empty-password", 'X', false),
        ("no-create-home", 'H', false),
        ("quiet", 'q', false),
        ("debug", '?', false),
        ("force-badname", '?', false),
        ("allow-badname", '?', false),
        ("allow-bad-names", '?', false),
        ("allow-all-names", '?', false),
        ("add_extra_groups", '?', false),
        ("add-extra-groups", '?', false),
        ("encrypt-home", '?', false),
    ],
    single_dash: true,
};

pub(super) const GROUPADD: Spec = Spec {
    valued: "gKpRPU",
    long: &[
        ("gid", 'g', true),
        ("key", 'K', true),
        ("password", 'p', true),
        ("root", 'R', true),
        ("prefix", 'P', true),
        ("users", 'U', true),
        ("system", 'r', false),
        ("force", 'f', false),
        ("non-unique", 'o', false),
    ],
    single_dash: false,
};

pub(super) const ADDGROUP: Spec = Spec {
    valued: "g",
    long: &[
        ("gid", 'g', true),
        ("firstgid", '?', true),
        ("lastgid", '?', true),
        ("conf", '?', true),
        ("system", 'S', false),
        ("quiet", 'q', false),
        ("force-badname", '?', false),
    ],
    single_dash: true,
};

pub(super) const USERMOD: Spec = Spec {
    valued: "cdefgGlpsuRPvVwWZ",
    long: &[
        ("comment", 'c', true),
        ("home", 'd', true),
        ("expiredate", 'e', true),
        ("inactive", 'f', true),
        ("gid", 'g', true),
        ("groups", 'G', true),
        ("login", 'l', true),
        ("append", 'a', false),
        ("move-home", 'm', false),
        ("non-unique", 'o', false),
        ("password", 'p', true),
        ("shell", 's', true),
        ("uid", 'u', true),
        ("root", 'R', true),
        ("lock", 'L', false),
        ("unlock", 'U', false),
    ],
    single_dash: false,
};

pub(super) const GROUPMOD: Spec = Spec {
    valued: "gnpRP",
    long: &[
        ("gid", 'g', true),
        ("new-name", 'n', true),
        ("non-unique", 'o', false),
        ("password", 'p', true),
    ],
    single_dash: false,
};
