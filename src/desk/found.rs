//! What is wrong with an office, as `doctor` and `status` say it.
