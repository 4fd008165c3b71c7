//! Any status and any bytes as an answer of MonCash, through every reader of evidence.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    payoutd_fuzz::tally::count(payoutd_fuzz::answers::hold(data));
});
