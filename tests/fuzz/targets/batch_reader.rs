//! Any bytes as a batch file: through the reader, the whole examination, and out again.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    payoutd_fuzz::tally::count(payoutd_fuzz::batch::hold(data));
});
