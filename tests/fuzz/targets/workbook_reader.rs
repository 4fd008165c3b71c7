//! Any workbook as a batch file: through the library, the look beside it, the examination, and out again.
#![no_main]

libfuzzer_sys::fuzz_target!(
    init: payoutd_fuzz::let_libraries_panic(),
    |data: &[u8]| {
        payoutd_fuzz::tally::count(payoutd_fuzz::workbook::hold(data));
    }
);
