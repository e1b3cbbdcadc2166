//! A list read as windows of creation time, side by side.

mod call_budget;
mod delivery;
mod planner;
mod scheduler;
mod seam;
#[cfg(test)]
mod simulation;
mod window;
mod windows;
pub(super) mod workers;
mod zone;
