//! A list walked as windows of creation time, side by side.

pub(super) mod scheduler;
mod seam;
mod window;
