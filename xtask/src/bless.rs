//! `cargo xtask bless`: rewrites everything that is generated and committed.

use anyhow::Result;

use crate::needs::{self, Need};
use crate::packages::WINDOW;
use crate::shell::{cargo, npm};
use crate::steps;

/// The tests that compare generated files with what they should be write them instead.
pub(crate) fn bless() -> Result<()> {
    needs::ensure(&[Need::System(WINDOW), Need::Rustfmt, Need::UiPackages])?;
    for tests in steps::unit_tests() {
        tests.env("INSTA_UPDATE", "always").env("BLESS", "1").run()?;
    }
    cargo().words("fmt --all").run()?;
    npm().words("run format").run()
}
