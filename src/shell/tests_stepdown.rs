//! What the reader of entrypoints must see.

use super::argv::{FirstProgram, ProgramKind, first_program};
use super::lex::Script;
use super::stepdown::{StepDown, step_down, words_step_down};

fn env(name: &str) -> Option<String> {
    (name == "APP").then(|| "web".to_owned())
}

fn show(found: Option<&StepDown>) -> String {
    found.map_or("-".into(), |found| {
        format!(
            "{} {} {:?}",
            found.tool,
            found.user.as_deref().unwrap_or("?"),
            found.when
        )
    })
}

#[test]
fn scripts() {
    // (entrypoint, the tool, the user, when)
    let rows: &[(&str, &str)] = &[
        ("exec gosu app \"$@\"", "gosu app Always"),
        ("exec su-exec app:app \"$@\"", "su-exec app:app Always"),
        ("exec su-exec ${PUID}:${PGID} server", "su-exec ? Always"),
        (
            "exec su-exec ${PUID:-1000}:${PGID:-1000} server",
            "su-exec 1000:1000 Always",
        ),
        ("exec su-exec ${PUID:-0} server", "-"),
        ("exec gosu \"$APP\" server", "gosu web Always"),
        ("exec gosu root server", "-"),
        ("exec gosu 0:0 server", "-"),
        (
            "exec setpriv --reuid=app --regid=app --init-groups server",
            "setpriv app Always",
        ),
        (
            "exec setpriv --reuid 1000 --clear-groups -- server",
            "setpriv 1000 Always",
        ),
        ("exec setpriv --nnp server", "-"),
        ("exec runuser -u app -- server", "runuser app Always"),
        ("exec runuser app -c server", "runuser app Always"),
        ("exec su app -c 'server'", "su app Always"),
        ("exec su -s /bin/sh app -c 'exec server'", "su app Always"),
        ("exec su - app -c server", "su app Always"),
        ("su -s /bin/sh -c 'exec server' app", "su app Always"),
        ("su -l -c server", "-"),
        ("su root -c server", "-"),
        ("exec s6-setuidgid app server", "s6-setuidgid app Always"),
        ("exec setuidgid app server", "setuidgid app Always"),
        ("exec chpst -u app:app server", "chpst app:app Always"),
        ("exec chpst -u :1000:1000 server", "chpst 1000:1000 Always"),
        (
            "exec chroot --userspec=app:app / server",
            "chroot app:app Always",
        ),
        ("exec chroot /rootfs server", "-"),
        ("exec sudo -u app server", "sudo app Always"),
        ("exec sudo -EHu app server", "sudo app Always"),
        ("exec sudo -E --user=app server", "sudo app Always"),
        ("exec sudo server", "-"),
        (
            "start-stop-daemon --start --chuid app --exec /bin/server",
            "start-stop-daemon app Always",
        ),
        ("exec capsh --user=app -- -c server", "capsh app Always"),
        ("exec tini -- su-exec app server", "su-exec app Always"),
        ("exec dumb-init gosu app server", "gosu app Always"),
        ("exec env A=b gosu app server", "gosu app Always"),
        ("exec /usr/local/bin/gosu app server", "gosu app Always"),
        // not exec, but the last
        ("chown -R app /data\ngosu app server\n", "gosu app Always"),
        ("service x start && su app -c server", "su app Always"),
        ("gosu app server & wait", "gosu app Always"),
        ("gosu app server &\nnginx", "gosu app NotMain"),
        // preparation only
        ("gosu app migrate\nexec \"$@\"", "gosu app NotMain"),
        (
            "su postgres -c createdb && exec myserver",
            "su postgres NotMain",
        ),
        ("su - app -c start.sh\ntail -f /dev/null", "su app NotMain"),
        ("x=$(gosu app id)\nexec \"$@\"", "-"),
        ("gosu --version", "-"),
        ("echo 'exec gosu app'", "-"),
        ("apt-get install -y gosu", "-"),
        // conditions
        (
            "if [ \"$(id -u)\" = 0 ]; then exec gosu app \"$0\" \"$@\"; fi\nexec \"$@\"",
            "gosu app IfRoot",
        ),
        (
            "[ \"$(id -u)\" -eq 0 ] && exec gosu app \"$@\"; exec \"$@\"",
            "gosu app IfRoot",
        ),
        (
            "if [ $EUID -eq 0 ]; then exec su-exec app \"$@\"; fi; exec \"$@\"",
            "su-exec app IfRoot",
        ),
        (
            "if [[ \"$(whoami)\" == root ]]; then exec su-exec app \"$@\"; fi; exec \"$@\"",
            "su-exec app IfRoot",
        ),
        (
            "uid=\"$(id -u)\"\nif [ \"$uid\" = 0 ]; then exec gosu app \"$@\"; fi",
            "gosu app IfRoot",
        ),
        (
            "if [ `id -u` = 0 ]; then exec gosu app \"$@\"; fi",
            "gosu app IfRoot",
        ),
        (
            "if id -u | grep -q '^0$'; then exec gosu app \"$@\"; fi",
            "gosu app IfRoot",
        ),
        (
            "if [ \"$1\" = 'redis-server' -a \"$(id -u)\" = '0' ]; then\n exec gosu redis \"$0\" \"$@\"\nfi\nexec \"$@\"",
            "gosu redis IfArgument",
        ),
        (
            "if [ \"$1\" = x ] && [ \"$(id -u)\" = 0 ]; then exec gosu app \"$@\"; fi",
            "gosu app IfArgument",
        ),
        (
            "if [ \"$1\" = x ]; then if [ \"$(id -u)\" = 0 ]; then exec gosu app \"$@\"; fi; fi",
            "gosu app IfArgument",
        ),
        (
            "case \"$1\" in\n server|web) exec gosu app \"$@\" ;;\n *) exec \"$@\" ;;\nesac",
            "gosu app IfArgument",
        ),
        (
            "if [ -n \"$RUN_AS\" ]; then exec gosu app \"$@\"; fi\nexec \"$@\"",
            "gosu app Sometimes",
        ),
        (
            "if [ -n \"$A\" ]; then exec gosu app a; else exec gosu app b; fi",
            "gosu app Always",
        ),
        (
            "if [ \"$(id -u)\" != 0 ]; then exec \"$@\"; else exec gosu app \"$@\"; fi",
            "gosu app IfRoot",
        ),
        (
            "if [ \"$(id -u)\" = 0 ]; then\n chown app /d\n su-exec app server\nelse\n server\nfi",
            "su-exec app IfRoot",
        ),
        (
            "one=\"$1\"\nif [[ \"$one\" == mongo* ]] && [ \"$(id -u)\" = '0' ]; then exec gosu mongodb \"$BASH_SOURCE\" \"$@\"; fi",
            "gosu mongodb IfArgument",
        ),
        (
            "if id -u app; then exec gosu app x; fi",
            "gosu app Sometimes",
        ),
        (
            "if [ -n \"$UID\" ]; then exec gosu app x; fi",
            "gosu app Sometimes",
        ),
        (
            "if [ \"$UID\" = 0 ]; then exec gosu app x; fi",
            "gosu app IfRoot",
        ),
        (
            "[ -z \"$RUN_AS_ROOT\" ] && [ \"$(id -u)\" = 0 ] && exec gosu app x; exec x",
            "gosu app Sometimes",
        ),
        (
            "export HOME=/x\nexec sudo -u app -s -- sh -c \"a && b\"",
            "sudo app Always",
        ),
        (
            "service x start && sudo -u app -s -- sh -c \"a && b\"",
            "sudo app Always",
        ),
        (
            "if [ \"${1#-}\" != \"$1\" ]; then set -- server \"$@\"; fi\nexec su-exec app \"$@\"",
            "su-exec app Always",
        ),
        ("nginx\nexec tail -f /dev/null # gosu app", "-"),
        // through variables, arguments, functions
        ("set -- gosu app \"$@\"\nexec \"$@\"", "gosu app Always"),
        (
            "if [ \"$1\" = mysqld ]; then set -- gosu mysql \"$@\"; fi\nexec \"$@\"",
            "gosu mysql IfArgument",
        ),
        (
            "if [ \"$(id -u)\" = 0 ]; then set -- su-exec app tini -- \"$@\"; fi\nexec \"$@\"",
            "su-exec app IfRoot",
        ),
        (
            "CMD_PREFIX=\"gosu app\"\nexec $CMD_PREFIX server",
            "gosu app Always",
        ),
        (
            "if [ \"$(id -u)\" = 0 ]; then P=\"su-exec app\"; fi\nexec $P server",
            "su-exec app IfRoot",
        ),
        (
            "P=''\n[ \"$(id -u)\" = 0 ] && P='su-exec app'\nexec $P server",
            "su-exec app IfRoot",
        ),
        (
            "cmd=(gosu app server)\nexec \"${cmd[@]}\"",
            "gosu app Always",
        ),
        (
            "main() {\n exec gosu app \"$@\"\n}\nmain \"$@\"",
            "gosu app Always",
        ),
        (
            "_main() {\n if [ \"$1\" = mysqld ]; then\n if [ \"$(id -u)\" = \"0\" ]; then exec gosu mysql \"$BASH_SOURCE\" \"$@\"; fi\n fi\n exec \"$@\"\n}\nif ! _is_sourced; then\n _main \"$@\"\nfi",
            "gosu mysql IfArgument",
        ),
        (
            "run() { su-exec app \"$@\"; }\nrun server",
            "su-exec app Always",
        ),
        (
            "run() { su-exec app \"$@\"; }\nrun migrate\nexec server",
            "su-exec app NotMain",
        ),
        (
            "unused() { exec gosu app x; }\nexec server",
            "gosu app NotMain",
        ),
        ("sh -c 'exec gosu app server'", "gosu app Always"),
        ("exec \"$@\"", "-"),
        ("server", "-"),
        ("", "-"),
    ];
    for (script, expected) in rows {
        let found = step_down(&Script::parse(script.as_bytes()), &env);
        assert_eq!(show(found.as_ref()), *expected, "{script}");
    }
}

#[test]
fn argument_lists() {
    // (arguments, the step-down, the place and kind of the program)
    let rows: &[(&[&str], &str, usize, ProgramKind)] = &[
        (
            &["gosu", "app", "x"],
            "gosu app Always",
            0,
            ProgramKind::Program,
        ),
        (
            &["tini", "--", "su-exec", "app", "x"],
            "su-exec app Always",
            2,
            ProgramKind::Program,
        ),
        (
            &["/usr/bin/tini", "-g", "-p", "SIGTERM", "--", "/entry.sh"],
            "-",
            5,
            ProgramKind::Program,
        ),
        (
            &["dumb-init", "--single-child", "/entry.sh", "x"],
            "-",
            2,
            ProgramKind::Program,
        ),
        (
            &["dumb-init", "-r", "15:2", "--", "sh", "/entry.sh"],
            "-",
            5,
            ProgramKind::Script,
        ),
        (
            &["sh", "-c", "exec gosu app x"],
            "gosu app Always",
            2,
            ProgramKind::Text,
        ),
        (
            &["/bin/bash", "-euo", "pipefail", "-c", "gosu app x"],
            "gosu app Always",
            4,
            ProgramKind::Text,
        ),
        (&["bash", "-c", "-e", "x"], "-", 3, ProgramKind::Text),
        (&["bash", "-x", "/entry.sh"], "-", 2, ProgramKind::Script),
        (&["bash"], "-", 0, ProgramKind::Program),
        (
            &["env", "A=b", "bash", "/entry.sh"],
            "-",
            3,
            ProgramKind::Script,
        ),
        (
            &["sudo", "-u", "app", "x"],
            "sudo app Always",
            0,
            ProgramKind::Program,
        ),
        (&["sudo", "-E", "x"], "-", 2, ProgramKind::Program),
        (
            &[
                "setpriv",
                "--reuid=1000",
                "--regid=1000",
                "--clear-groups",
                "x",
            ],
            "setpriv 1000 Always",
            0,
            ProgramKind::Program,
        ),
        (&["gosu", "app"], "-", 0, ProgramKind::Program),
        (&["gosu", "root", "x"], "-", 0, ProgramKind::Program),
        (&["tini"], "-", 0, ProgramKind::Program),
        (
            &["nginx", "-g", "daemon off;"],
            "-",
            0,
            ProgramKind::Program,
        ),
    ];
    for (argv, expected, index, kind) in rows {
        let argv: Vec<String> = argv.iter().map(|word| (*word).to_owned()).collect();
        assert_eq!(show(words_step_down(&argv).as_ref()), *expected, "{argv:?}");
        assert_eq!(
            first_program(&argv),
            Some(FirstProgram {
                index: *index,
                kind: *kind
            }),
            "{argv:?}"
        );
    }
    assert_eq!(first_program(&[]), None);
}
