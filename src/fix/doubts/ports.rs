//! Ports below 1024, which not every runtime lets any user bind.

use crate::finding::Reason;
use crate::fix::Subject;

/// Low ports that were seen, or that EXPOSE, ENV, the start command or the base name.
pub(super) fn low(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    let mut low = match subject.learned {
        Some(learned) => learned
            .ports
            .iter()
            .copied()
            .filter(|port| *port < 1024)
            .collect(),
        None => guessed(subject),
    };
    low.sort_unstable();
    low.dedup();
    let numbers: Vec<String> = low.iter().map(u16::to_string).collect();
    let text = match numbers.as_slice() {
        [] => return None,
        [one] => format!("port {one} is below 1024"),
        all => format!("the ports {} are below 1024", all.join(", ")),
    };
    Some(Reason::new(
        "low-port",
        format!(
            "{text}: Docker 20.10 and containerd 2 let any user bind that, CRI-O and Podman do not"
        ),
    ))
}

/// Low ports that EXPOSE, ENV, the start command or the base name.
fn guessed(subject: &Subject<'_, '_, '_>) -> Vec<u16> {
    let verdict = subject.verdict;
    let exposed = verdict.survey.ports.iter().map(|port| port.number);
    let mut low: Vec<u16> = exposed.filter(|port| (1..1024).contains(port)).collect();
    for (name, value) in verdict.survey.state.env.iter() {
        if name.contains("PORT")
            || name.ends_with("URLS")
            || name.ends_with("LISTEN")
            || name.ends_with("BIND")
        {
            low.extend(port_in(value));
        }
    }
    let mut before = "";
    for word in verdict
        .start
        .argv
        .iter()
        .flatten()
        .flat_map(|word| word.split_whitespace())
    {
        let flag = [
            "-p",
            "-P",
            "--port",
            "--bind",
            "-b",
            "--listen",
            "-l",
            "--http-port",
            "http.server",
            "-port",
        ]
        .contains(&before);
        let named = word.split_once('=').filter(|(name, _)| {
            name.contains("port") || name.contains("listen") || name.contains("bind")
        });
        match named {
            Some((_, value)) => low.extend(port_in(value)),
            None if flag || word.contains(':') => low.extend(port_in(word)),
            None => {}
        }
        before = word;
    }
    let base_program = verdict.start.argv.is_none()
        || verdict.start.program().is_some_and(|first| {
            verdict
                .start
                .argv
                .as_ref()
                .and_then(|argv| argv.get(first.index))
                .is_some_and(|program| program == "dotnet")
        });
    if base_program {
        let of_base = verdict
            .base
            .iter()
            .flat_map(|facts| facts.ports.iter().copied());
        low.extend(of_base.filter(|port| (1..1024).contains(port)));
    }
    low
}

/// The low port that a value like `80`, `:443`, `0.0.0.0:80` or `http://+:80/` holds.
fn port_in(value: &str) -> Option<u16> {
    let value = value.trim_end_matches('/');
    let number = value.rsplit(':').next().unwrap_or(value);
    number.parse().ok().filter(|port| (1..1024).contains(port))
}

#[cfg(test)]
mod tests {
    use super::port_in;

    #[test]
    fn ports_in_values() {
        for (value, port) in [
            ("80", Some(80)),
            (":443", Some(443)),
            ("0.0.0.0:80", Some(80)),
            ("http://+:80/", Some(80)),
            ("8080", None),
            ("app:server", None),
            ("0", None),
        ] {
            assert_eq!(port_in(value), port, "{value}");
        }
    }
}
