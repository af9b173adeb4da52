//! What `BuildKit` refuses although each instruction is valid by itself (dockerfile2llb/convert.go).

use crate::dockerfile::Keyword;

use super::graph::{BaseRef, Stage, Stages, list};

impl Stages<'_, '_> {
    /// The first instruction for which the file does not build, and why. `names` says what is wrong
    /// with an image's name.
    pub fn refused(&self, names: impl Fn(&str) -> Option<String>) -> Option<(usize, String)> {
        self.all.iter().find_map(|stage| {
            Self::refused_base(stage, &names).or_else(|| self.refused_in(stage, &names))
        })
    }

    fn refused_base(
        stage: &Stage,
        names: impl Fn(&str) -> Option<String>,
    ) -> Option<(usize, String)> {
        let why = match (&stage.base, &stage.base_missing) {
            (BaseRef::Image(image), None) => {
                names(image).map(|why| format!("no image can be called `{image}`: {why}"))
            }
            (BaseRef::Unknown(text), None) => Some(format!("`FROM {text}` names nothing")),
            _ => None,
        };
        why.or_else(|| platform(stage.platform.as_deref()?))
            .map(|why| (stage.from, why))
    }

    fn refused_in(
        &self,
        stage: &Stage,
        names: impl Fn(&str) -> Option<String>,
    ) -> Option<(usize, String)> {
        stage.body.clone().find_map(|at| {
            let instruction = &self.document.instructions[at];
            let why = match instruction.keyword() {
                Keyword::Copy => {
                    let from = instruction
                        .head
                        .flag("from")
                        .filter(|from| !from.is_empty())?;
                    match self.find(from) {
                        Some(index) if index == stage.index => {
                            Some(format!("stage `{from}` copies from itself"))
                        }
                        Some(_) => None,
                        None => {
                            names(from).map(|why| format!("no image can be called `{from}`: {why}"))
                        }
                    }
                }
                Keyword::Expose => {
                    let mut words = list(instruction.args()).into_iter();
                    let wrong = words.find(|word| {
                        !word.contains(['$', '"', '\'', '\\', '`']) && !is_port(word)
                    })?;
                    Some(format!("`{wrong}` is no port"))
                }
                _ => None,
            };
            why.map(|why| (at, why))
        })
    }
}

/// `[ip:][host:]port[-port][/protocol]`, as docker/go-connections reads it.
fn is_port(word: &str) -> bool {
    let (ports, protocol) = word.split_once('/').unwrap_or((word, "tcp"));
    let container = ports.rsplit(':').next().unwrap_or(ports);
    let (first, last) = container.split_once('-').unwrap_or((container, container));
    let range = first.parse::<u16>().ok().zip(last.parse::<u16>().ok());
    let known = ["", "tcp", "udp", "sctp"]
        .iter()
        .any(|known| protocol.eq_ignore_ascii_case(known));
    known && range.is_some_and(|(first, last)| first <= last)
}

/// Why `text` is no platform, if it is none (containerd/platforms, Parse).
fn platform(text: &str) -> Option<String> {
    const SYSTEMS: [&str; 12] = [
        "linux",
        "windows",
        "darwin",
        "freebsd",
        "netbsd",
        "openbsd",
        "android",
        "solaris",
        "illumos",
        "dragonfly",
        "plan9",
        "macos",
    ];
    const MACHINES: [&str; 24] = [
        "386", "amd64", "arm", "arm64", "loong64", "mips", "mipsle", "mips64", "mips64le", "ppc64",
        "ppc64le", "riscv64", "s390x", "sparc64", "wasm", "i386", "x86_64", "x86-64", "aarch64",
        "armhf", "armel", "amd64p32", "ppc", "riscv",
    ];
    let text = text.to_ascii_lowercase();
    let fits = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|ch| ch.is_ascii_alphanumeric() || "-_.()+".contains(ch))
    };
    let parts: Vec<&str> = text.split('/').collect();
    let valid = match parts.as_slice() {
        [one] => SYSTEMS.contains(one) || MACHINES.contains(one),
        [_, _] | [_, _, _] => parts.iter().all(|part| fits(part)),
        _ => false,
    };
    (!valid).then(|| format!("`{text}` is no platform"))
}

#[cfg(test)]
mod tests {
    use super::{is_port, platform};

    #[test]
    fn platforms() {
        for text in [
            "linux/amd64",
            "linux/arm/v7",
            "arm64",
            "windows",
            "x86_64",
            "linux",
        ] {
            assert_eq!(platform(text), None, "{text}");
        }
        for text in ["", "x86", "linux/", "a/b/c/d", "%%ARCH%%/linux"] {
            assert!(platform(text).is_some(), "{text}");
        }
    }

    #[test]
    fn ports() {
        for word in ["80", "53/udp", "7000-7010", "127.0.0.1:80:8080", "80/TCP"] {
            assert!(is_port(word), "{word}");
        }
        for word in ["http", "80,", "70000", "90-80", "80/ip", "-"] {
            assert!(!is_port(word), "{word}");
        }
    }
}
