//! The first lock: the ways round it don't compile.

/// Each file of `compile-fail` is a way that somebody might try; beside it is what the compiler says
/// to them. After a change that is meant: `TRYBUILD=overwrite cargo test --test suite types`.
#[test]
fn ways_round_the_doors_do_not_compile() {
    trybuild::TestCases::new().compile_fail("compile-fail/*.rs");
}
