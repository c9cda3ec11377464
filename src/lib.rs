//! sprag

pub mod failure;

pub mod source;

pub mod rules;

pub mod verdict;

pub mod hooks;
