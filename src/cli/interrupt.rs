//! Ctrl-C and its kin: the first asks a proof to stop and tidy up, the second ends the program.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use unroot::verify::Cancel;

/// Which signal came, if one did.
#[derive(Debug, Clone, Default)]
pub(super) struct Caught(Arc<AtomicUsize>);

impl Caught {
    /// How a process ends that such a signal stopped: 128 and the signal's number, as shells count.
    pub(super) fn exit_code(&self) -> Option<ExitCode> {
        let signal = u8::try_from(self.0.load(Ordering::Relaxed)).ok()?;
        (signal != 0).then(|| ExitCode::from(128_u8.saturating_add(signal)))
    }
}

/// Lets signals call off what looks at `cancel`.
#[cfg(unix)]
pub(super) fn catch(cancel: &Cancel) -> std::io::Result<Caught> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::flag::{register, register_conditional_shutdown, register_usize};
    let caught = Caught::default();
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        let number = usize::try_from(signal).unwrap_or_default();
        // In this order: the first signal finds the flag down.
        register_conditional_shutdown(signal, 128 + signal, cancel.flag())?;
        register_usize(signal, Arc::clone(&caught.0), number)?;
        register(signal, cancel.flag())?;
    }
    Ok(caught)
}

#[cfg(not(unix))]
pub(super) fn catch(_cancel: &Cancel) -> std::io::Result<Caught> {
    Ok(Caught::default())
}
