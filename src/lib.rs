//! unroot
pub mod dockerfile;
pub mod source;
