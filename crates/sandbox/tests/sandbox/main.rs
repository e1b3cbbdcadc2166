//! The sandbox over real HTTP on loopback, as a client meets it, and the batches
//! that it makes up. A query and its outcome is a line in a table of its module.

mod data;
mod deliveries;
mod deviations;
mod faults;
mod filters;
mod journal;
mod lives;
mod members;
mod pages;
mod refusals;
mod scripts;
mod stalls;
mod start;
mod support;
mod times;
