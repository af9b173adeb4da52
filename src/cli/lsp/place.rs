//! Addresses of files, as editors write them, and paths.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use lsp_types::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stands for itself in a path (RFC 3986).
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The path of a `file` address on this machine.
pub(super) fn path_of(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    let path = percent_decode_str(path.split(['?', '#']).next()?);
    let path = path.decode_utf8().ok()?;
    let path = path.strip_prefix('/')?;
    // `/C:/folder`
    let drive = path.as_bytes();
    let has_drive =
        drive.first().is_some_and(u8::is_ascii_alphabetic) && drive.get(1) == Some(&b':');
    Some(if has_drive && cfg!(windows) {
        PathBuf::from(path)
    } else {
        Path::new("/").join(path)
    })
}

/// The address of an absolute path.
pub(super) fn uri_of(path: &Path) -> Option<Uri> {
    let text = path.to_str()?.replace(std::path::MAIN_SEPARATOR, "/");
    let slash = if text.starts_with('/') { "" } else { "/" };
    let text = utf8_percent_encode(&text, PLAIN);
    Uri::from_str(&format!("file://{slash}{text}")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn there_and_back() {
        for path in ["/a/Dockerfile", "/my app/é#?%/Dockerfile", "/a:b"] {
            let uri = uri_of(Path::new(path)).expect("an address");
            assert_eq!(path_of(uri.as_str()).as_deref(), Some(Path::new(path)));
        }
        let named = path_of("file://localhost/a%20b/x");
        assert_eq!(named.as_deref(), Some(Path::new("/a b/x")));
    }

    #[test]
    fn what_is_no_file_has_no_path() {
        for uri in [
            "untitled:Untitled-1",
            "https://example.com/Dockerfile",
            "file://host/x",
            "file://",
            "",
        ] {
            assert_eq!(path_of(uri), None, "{uri}");
        }
    }
}
