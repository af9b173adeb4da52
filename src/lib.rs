//! unroot
pub mod dockerfile;
pub mod source;
pub mod stages;
