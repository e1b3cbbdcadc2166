//! The sandbox over real HTTP on loopback, as a client meets it, and the batches
//! that it makes up. A query and its outcome is a line in a table of its module.

mod data;
mod deliveries;
mod dialects;
mod error_responses;
mod faults;
mod filters;
mod floors;
mod journal;
mod lifecycles;
mod members;
mod pages;
mod quirks;
mod results;
mod scripts;
mod stalls;
mod start;
mod support;
mod times;
