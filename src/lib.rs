//! sprag

pub mod failure;

pub mod source;

pub mod schema;

pub mod parse;

pub mod rules;

pub mod policy;

pub mod verdict;

pub mod report;

pub mod repo;

pub mod cache;

pub mod gate;

pub mod hooks;

pub mod cli;
