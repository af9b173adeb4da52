//! Messages on a stream: headers, an empty line, and as many bytes of JSON as a header says.

use std::io::{self, BufRead, Read as _, Write};

use serde_json::Value;

/// The longest message that is taken, in bytes. No editor has a file of this size open.
const MAX: u64 = 256 * 1024 * 1024;
/// The longest header.
const MAX_HEADER: u64 = 8 * 1024;

/// What came.
#[derive(Debug, PartialEq)]
pub(super) enum Frame {
    Message(Value),
    /// It has a length, and holds no JSON.
    Unreadable(String),
}

/// The next message; none at the end. Headers that say nothing are passed over.
pub(super) fn read(reader: &mut impl BufRead) -> io::Result<Option<Frame>> {
    let mut length: Option<u64> = None;
    loop {
        let mut header = Vec::new();
        if reader.take(MAX_HEADER).read_until(b'\n', &mut header)? == 0 {
            return Ok(None);
        }
        let header = String::from_utf8_lossy(&header);
        let header = header.trim();
        if let Some((name, value)) = header.split_once(':') {
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().ok();
            }
            continue;
        }
        let Some(length) = length.filter(|_| header.is_empty()) else {
            continue;
        };
        if length > MAX {
            io::copy(&mut reader.take(length), &mut io::sink())?;
            let told = format!("{length} bytes are more than are taken");
            return Ok(Some(Frame::Unreadable(told)));
        }
        let mut body = Vec::new();
        reader.take(length).read_to_end(&mut body)?;
        if (body.len() as u64) < length {
            return Ok(None);
        }
        return Ok(Some(match serde_json::from_slice(&body) {
            Ok(message) => Frame::Message(message),
            Err(error) => Frame::Unreadable(format!("this is no JSON: {error}")),
        }));
    }
}

pub(super) fn write(out: &mut impl Write, message: &Value) -> io::Result<()> {
    let body = serde_json::to_vec(message)?;
    write!(out, "Content-Length: {}\r\n\r\n", body.len())?;
    out.write_all(&body)?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut bytes = Vec::new();
        write(&mut bytes, &json!({"a": "é"})).expect("written");
        write(&mut bytes, &json!(2)).expect("written");
        let mut from = bytes.as_slice();
        for expected in [json!({"a": "é"}), json!(2)] {
            let frame = read(&mut from).expect("readable");
            assert_eq!(frame, Some(Frame::Message(expected)));
        }
        assert_eq!(read(&mut from).expect("readable"), None);
    }

    #[test]
    fn what_is_no_message_is_passed_over_or_told() {
        let of = |bytes: &[u8]| {
            let mut from = bytes;
            std::iter::from_fn(|| read(&mut from).expect("readable")).collect::<Vec<_>>()
        };
        let one = Frame::Message(json!(1));
        assert_eq!(
            of(b"nonsense\r\n\r\nContent-Length: x\r\n\r\ncontent-length:1\r\n\r\n1"),
            [one]
        );
        assert!(matches!(
            of(b"Content-Length: 2\r\n\r\n{]Content-Length: 1\r\n\r\n1").as_slice(),
            [Frame::Unreadable(_), Frame::Message(_)]
        ));
        assert_eq!(of(b"Content-Length: 9\r\n\r\n{}"), [], "it is cut off");
        assert_eq!(of(&vec![b'x'; 20_000]), []);
    }
}
