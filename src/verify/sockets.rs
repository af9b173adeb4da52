//! Which TCP ports are listened on, from the kernel's tables (proc(5): /proc/PID/net/tcp and tcp6).

use std::collections::BTreeSet;

/// The state `TCP_LISTEN` of the kernel (`include/net/tcp_states.h`).
const LISTEN: &str = "0A";
/// 127.0.0.11 as the table spells it on a little-endian machine: Docker's own name server listens
/// there in each container of a network made by the user.
const DOCKER_DNS: &str = "0B00007F";

/// The ports that are listened on. `table` is the text of one or more such files.
pub(super) fn listening(table: &str) -> BTreeSet<u16> {
    table.lines().filter_map(port).collect()
}

fn port(line: &str) -> Option<u16> {
    let mut columns = line.split_whitespace();
    let (_number, local, _remote, state) = (
        columns.next()?,
        columns.next()?,
        columns.next()?,
        columns.next()?,
    );
    let (address, port) = local.split_once(':')?;
    if state != LISTEN || address.ends_with(DOCKER_DNS) {
        return None;
    }
    u16::from_str_radix(port, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1665 1 0 100 0 0 10 0
   1: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1447 1 0 100 0 0 10 0
   2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 1448 1 0 20 4 30 10 -1
   3: 0B00007F:A0F5 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1449 1 0 100 0 0 10 0
  sl  local_address                         remote_address                        st
   0: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 9 1 0 100 0 0 10 0
";

    #[test]
    fn listeners_of_both_families_without_connections_and_dockers_name_server() {
        assert_eq!(listening(TABLE), BTreeSet::from([80, 443, 8080]));
        assert!(listening("").is_empty());
    }
}
