//! Which ports a container listens on, from the kernel's tables (proc(5): /proc/PID/net/tcp, tcp6, udp, udp6).

use std::collections::BTreeSet;
use std::fmt;

/// The state `TCP_LISTEN` of the kernel (`include/net/tcp_states.h`).
const LISTEN: &str = "0A";
/// The state `TCP_CLOSE`, in which the table of UDP shows a socket that takes from everybody.
const UNCONNECTED: &str = "07";
/// 127.0.0.11 as the table spells it on a little-endian machine: Docker's own name server listens
/// there in each container of a network made by the user.
const DOCKER_DNS: &str = "0B00007F";

/// From here on the kernel deals out ports by itself (`net.ipv4.ip_local_port_range`): their numbers differ
/// from run to run.
const DEALT_OUT: u16 = 32_768;

/// A port that is listened on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Port {
    pub(super) number: u16,
    pub(super) udp: bool,
}

impl Port {
    /// True when its number may be another one in the next run.
    pub(super) const fn may_be_dealt_out(self) -> bool {
        self.number >= DEALT_OUT
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number, if self.udp { "/udp" } else { "" })
    }
}

/// The ports that are listened on. `tables` is the text of such files, one behind the other; each begins
/// with a line of headings, which ends in `drops` for UDP.
pub(super) fn listening(tables: &str) -> BTreeSet<Port> {
    let mut udp = false;
    let mut ports = BTreeSet::new();
    for line in tables.lines() {
        if line.contains("local_address") {
            udp = line.trim_end().ends_with("drops");
        } else if let Some(port) = port(line, udp) {
            ports.insert(port);
        }
    }
    ports
}

fn port(line: &str, udp: bool) -> Option<Port> {
    let mut columns = line.split_whitespace();
    let (_number, local, _remote, state) = (
        columns.next()?,
        columns.next()?,
        columns.next()?,
        columns.next()?,
    );
    let (address, port) = local.split_once(':')?;
    let wanted = if udp { UNCONNECTED } else { LISTEN };
    if state != wanted || address.ends_with(DOCKER_DNS) {
        return None;
    }
    let number = u16::from_str_radix(port, 16).ok()?;
    Some(Port { number, udp })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLES: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1665 1 0 100 0 0 10 0
   1: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1447 1 0 100 0 0 10 0
   2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 1448 1 0 20 4 30 10 -1
   3: 0B00007F:A0F5 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1449 1 0 100 0 0 10 0
  sl  local_address                         remote_address                        st
   0: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 9 1 0 100 0 0 10 0
   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  371: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1447502 2 0 0
  372: 0100007F:D431 0100007F:0035 01 00000000:00000000 00:00000000 00000000     0        0 1447503 2 0 0
";

    #[test]
    fn listeners_of_both_families_without_connections_and_dockers_name_server() {
        let ports: Vec<String> = listening(TABLES).iter().map(Port::to_string).collect();
        assert_eq!(ports, ["53/udp", "80", "443", "8080"]);
        assert!(listening("").is_empty());
    }
}
