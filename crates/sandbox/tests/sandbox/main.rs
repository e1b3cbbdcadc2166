//! The sandbox over real HTTP on loopback, as a client meets it, and the batches
//! that it makes up. A query and its outcome is a line in a table of its module.

mod data;
mod deviations;
mod filters;
mod journal;
mod pages;
mod refusals;
mod start;
mod support;
mod times;
