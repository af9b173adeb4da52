//! Failures on demand.

use serde_json::Value;

/// How a request fails.
#[derive(Clone)]
pub(crate) enum Fault {
    /// It is not done, and answered so: status, message, headers.
    Status(u16, &'static str, Vec<(&'static str, String)>),
    /// It is not done, and answered with a success and this.
    Answer(Value),
    /// It is not done, and the connection ends with no answer.
    Silent,
    /// It is done, and the connection ends within the answer.
    DoneThenCut,
    /// It is done, and answered as if a machine in between had failed.
    DoneThenStatus(u16),
}

impl Fault {
    /// A status with a message and no further headers.
    pub(crate) fn status(status: u16, said: &'static str) -> Self {
        Self::Status(status, said, Vec::new())
    }
}

/// The failures that wait for their requests.
#[derive(Default)]
pub(crate) struct Faults(Vec<(String, usize, Fault)>);

impl Faults {
    pub(crate) fn add(&mut self, call: &str, times: usize, fault: Fault) {
        self.0.push((call.to_owned(), times, fault));
    }

    pub(crate) fn forget(&mut self) {
        self.0.clear();
    }

    pub(crate) fn take(&mut self, call: &str) -> Option<Fault> {
        let mut waiting = self.0.iter_mut();
        let (_, times, fault) =
            waiting.find(|(start, times, _)| *times > 0 && call.starts_with(start.as_str()))?;
        *times -= 1;
        Some(fault.clone())
    }
}
