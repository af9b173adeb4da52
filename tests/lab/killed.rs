//! A proof that is killed in the middle leaves nothing behind that the next one does not remove.
