//! A list walked as windows of creation time, side by side.

mod call_budget;
mod planner;
pub(super) mod scheduler;
mod seam;
mod window;
