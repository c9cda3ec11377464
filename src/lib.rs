//! sprag

pub mod failure;

pub mod source;

pub mod parse;

pub mod rules;

pub mod policy;

pub mod verdict;
